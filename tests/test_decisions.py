"""The decision notes have one form, and what they name as holding them is there."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "decisions"
NOTES = sorted(FOLDER.glob("[0-9]*.md"))
FORM = re.compile(
    r"# (?P<number>\d{4}) (?P<title>.+)\n\n"
    r"\d{4}-\d\d-\d\d · (?P<status>in force|replaced by \d{4}) · held by (?P<held_by>`[^`]+`(?:, `[^`]+`)*)\n\n"
    r"\*\*Context\.\*\*\s.+"
    r"^\*\*Decision\.\*\*\s.+"
    r"^\*\*Consequences\.\*\*\s.+"
    r"^\*\*Alternatives\.\*\*\s.+",
    re.DOTALL | re.MULTILINE,
)


def _read(note: Path) -> re.Match[str]:
    found = FORM.fullmatch(note.read_text())
    assert found, f"{note.name} has not the form that docs/decisions/README.md describes."
    return found


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)
def test_a_note_has_the_form_and_the_number_of_its_file(note: Path) -> None:
    found = _read(note)

    assert note.name.startswith(f"{found['number']}-")


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)
def test_what_holds_a_note_is_a_test_or_an_import_contract(note: Path) -> None:
    contracts = {
        one["id"] for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    }
    named = re.findall(r"`([^`]+)`", _read(note)["held_by"])

    assert [one for one in named if one not in contracts and not _is_test_file(one)] == []


def test_numbers_are_given_once() -> None:
    numbers = [note.name[:4] for note in NOTES]

    assert sorted(set(numbers)) == numbers


def test_the_index_names_every_note_in_order() -> None:
    index = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("* ")]

    assert index == [f"* [{_read(note)['number']}]({note.name}) {_read(note)['title']}" for note in NOTES]


def test_storage_opens_no_session_and_declares_no_relationship() -> None:
    imported = {
        f"{path.name}: {alias.name}"
        for path in (ROOT / "queue_server" / "storage").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if re.fullmatch(r"Session|AsyncSession|async_sessionmaker|sessionmaker|(?i:relationship)", alias.name)
    }

    assert imported == set()


def _is_test_file(name: str) -> bool:
    return re.fullmatch(r"tests/[\w/]+\.py", name) is not None and (ROOT / name).is_file()
