"""What axe-core finds on a page: what a screen reader, a keyboard or a weak eye would stumble over."""

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.async_api import Page

#: WCAG 2.2, levels A and AA.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

RUN = """
async (rules) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: rules } });
  return found.violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n")[1]}`));
}
"""


@cache
def script() -> str:
    """The source of axe-core."""
    (found,) = Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")
    return found.read_text()


async def violations(page: Page) -> list[str]:
    """Every place on the page that breaks a rule of WCAG 2.2 AA, with what is wrong there."""
    # Evaluated, not added as a script: the pages' own policy refuses scripts from elsewhere.
    await page.evaluate(f"() => {{ {script()}; }}")
    found: Any = await page.evaluate(RUN, RULES)
    return list(found)
