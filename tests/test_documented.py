"""What can be set, typed or read in the journal stands in a document, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from queue_server.abdm.settings import AbdmSettings
from queue_server.alerts.settings import AlertSettings
from queue_server.commands import COMMANDS
from queue_server.domain.queue.tokens import Action
from queue_server.domain.records.records import RecordKind
from queue_server.oidc.settings import OidcSettings
from queue_server.settings import Settings
from tests.conftest import described_kinds

ROOT = Path(__file__).resolve().parent.parent
SETTING = re.compile(r"\bQUEUE_[A-Z][A-Z_]*[A-Z]")
#: Read by the tests themselves, as their scripts say.
OF_THE_TESTS = {"QUEUE_REQUIRE_ALL", "QUEUE_AXE_IN_ALL_LANGUAGES", "QUEUE_BROWSER", "QUEUE_SCREENSHOTS"}
_OIDC = {f"QUEUE_OIDC_{name.upper()}" for name in OidcSettings.model_fields}


def _document(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def _environment_names(settings: type[BaseSettings]) -> set[str]:
    return {f"QUEUE_{name.upper()}" for name in settings.model_fields}


def _shown(default: Any) -> str:
    """Without a default of its own, or with one that follows from other settings, the column is empty."""
    return "" if default in {"", None, PydanticUndefined} else f"`{default}`"


def test_the_document_of_settings_has_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `(QUEUE_\w+)` \| (.*?) ?\| .+ \|$", _document("settings.md"), re.MULTILINE)

    assert dict(rows) == {
        f"QUEUE_{name.upper()}": _shown(field.default) for name, field in Settings.model_fields.items()
    }


def test_the_document_of_alerts_names_every_setting_of_theirs() -> None:
    named = set(SETTING.findall(_document("alerts.md")))
    files = {name for name in _environment_names(AlertSettings) if name.endswith("_FILE")}

    assert _environment_names(AlertSettings) - files <= named
    assert "(`_FILE`)" in _document("alerts.md")


def test_the_document_of_logins_has_every_setting_of_the_provider_with_its_default() -> None:
    row = r"^\| `(QUEUE_OIDC_\w+)`(?: \(`_FILE`\))? \| (.*?) ?\| .+ \|$"
    rows = re.findall(row, _document("logins.md"), re.MULTILINE)
    fields = {name: field for name, field in OidcSettings.model_fields.items() if not name.endswith("_file")}

    assert {name: default for name, default in rows if name != "QUEUE_OIDC_CLIENT_SECRET"} == {
        f"QUEUE_OIDC_{name.upper()}": _shown(field.default) for name, field in fields.items() if name != "client_secret"
    }
    assert "QUEUE_OIDC_CLIENT_SECRET" in dict(rows)


def test_the_document_of_abdm_has_every_setting_of_its_own_with_its_default() -> None:
    rows = re.findall(r"^\| `(QUEUE_\w+)`(?: \(`_FILE`\))? \| (.*?) ?\| .+ \|$", _document("abdm.md"), re.MULTILINE)

    fields = {name: field for name, field in AbdmSettings.model_fields.items() if not name.endswith("_file")}
    secrets = {name: "" for name in fields if name.endswith("secret")}
    shown = {name: secrets.get(name, _shown(field.default)) for name, field in fields.items()}
    assert dict(rows) == {f"QUEUE_{name.upper()}": default for name, default in shown.items()}


def test_no_text_names_a_setting_that_does_not_exist() -> None:
    known = _environment_names(Settings) | _environment_names(AlertSettings) | _environment_names(AbdmSettings)
    known |= OF_THE_TESTS | _OIDC
    texts = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*")]

    named = {
        name for path in texts if path.is_file() and path.suffix != ".pyc" for name in SETTING.findall(path.read_text())
    }

    assert named <= known


def test_the_document_of_commands_says_of_each_what_its_help_says() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", _document("commands.md"), re.MULTILINE)

    assert sorted(rows) == sorted((command.name, command.about) for command in COMMANDS)


def test_every_kind_in_the_document_of_the_journal_is_one_that_the_code_writes() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "queue_server").rglob("*.py"))
    made = set(Action) | {f"{kind}_signed" for kind in RecordKind}

    assert {kind for kind in described_kinds() if kind not in made and f'"{kind}"' not in code} == set()
    assert made <= described_kinds()


def test_what_holds_a_promise_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", _document("reliability.md")))

    assert len(named) > 10
    assert {name for name in named if not (ROOT / name).is_file()} == set()


def test_what_holds_in_a_situation_is_a_test_that_there_is() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", _document("situations.md"))
    missing = {
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file() or f"def {name}(" not in (ROOT / file).read_text()
    }

    assert len(named) > 80
    assert missing == set()
    # Each line of a table names at least one.
    rows = [line for line in _document("situations.md").splitlines() if line.startswith("| ")]
    unheld = [row for row in rows if "::test_" not in row and not row.startswith("| Situation")]
    assert unheld == []
