"""Documents lead to one another: what they link to is there, the heading as well."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "deploy").rglob("*.md"),
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
#: What is shown as an example is no link.
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def anchors(document: Path) -> set[str]:
    """The headings, as they are linked to."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_of_a_document_is_dead(document: Path) -> None:
    dead = []
    for link in LINK.findall(CODE.sub("", document.read_text())):
        place, _, heading = link.partition("#")
        if "://" in place or place.startswith("mailto:"):
            continue
        target = document.parent / place if place else document
        if not target.exists() or (heading and heading not in anchors(target)):
            dead.append(link)

    assert dead == []


def test_every_document_is_reached_from_the_first_page() -> None:
    reached = {ROOT / "docs" / "README.md"}
    # The site's own list of everything; scripts/docs fails where it leaves one out.
    reached.add(ROOT / "docs" / "site" / "contents.md")
    for document in (ROOT / "docs" / "README.md", ROOT / "README.md", ROOT / "docs" / "decisions" / "README.md"):
        links = LINK.findall(document.read_text())
        reached |= {(document.parent / link.partition("#")[0]).resolve() for link in links if "://" not in link}

    assert {str(path) for path in (ROOT / "docs").rglob("*.md") if path not in reached} == set()
