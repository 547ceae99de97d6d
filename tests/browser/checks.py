"""Questions to ask a page about what it shows."""

from typing import Any

from playwright.async_api import Page

# Background colours are composed from the ancestors'; hidden and disabled things are left out, as WCAG 1.4.3 does.
POOR_CONTRAST = """
(least) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parse = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const luminance = (c) => {
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = c.slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const backgroundOf = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest("script, noscript, :disabled, [aria-disabled=true], .visually-hidden, .skip-link")) continue;
    const style = getComputedStyle(element);
    const background = backgroundOf(element);
    const found = ratio(over(parse(style.color), background), background);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (found < (isLarge ? Math.min(3, least) : least)) {
      poor.push(`${text.slice(0, 30)}: ${found.toFixed(2)} (${element.className || element.tagName})`);
    }
  }
  return poor;
}
"""

OVERFLOWING = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.checkVisibility() && !e.closest(".table-scroll") && e.getBoundingClientRect().right > width + 1)
    .map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""} ends at ${Math.round(e.getBoundingClientRect().right)}`);
}
"""

FOCUS_LOOKS = """
() => {
  const element = document.activeElement;
  const target = element.closest(".choice") ?? element;
  const style = getComputedStyle(target);
  return {
    what: `${element.tagName}.${element.className}`,
    isBody: element === document.body,
    isOutlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}
"""


async def poor_contrast(page: Page, least: float = 4.5) -> list[str]:
    """Texts whose contrast with what lies behind them is below `least` (3 for large texts, as WCAG 2.2 has it)."""
    found: list[str] = await page.evaluate(POOR_CONTRAST, least)
    return found


async def overflowing(page: Page) -> list[str]:
    """Elements that reach beyond the page's right edge and make it scroll sideways."""
    found: list[str] = await page.evaluate(OVERFLOWING)
    return found


async def unmarked_focus(page: Page, steps: int = 200) -> list[str]:
    """What the Tab key reaches without a visible outline, from the page's start to its end."""
    unmarked = []
    for _ in range(steps):
        await page.keyboard.press("Tab")
        looks: dict[str, Any] = await page.evaluate(FOCUS_LOOKS)
        if looks["isBody"]:
            break
        if not looks["isOutlined"]:
            unmarked.append(looks["what"])
    return unmarked
