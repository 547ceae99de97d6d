"""`smart-queue docs` opens the documents that came with the program, or says where they are to be had."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from queue_server import paths
from queue_server.cli import main


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked to open."""
    addresses: list[str] = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the documents belong; there are none yet."""
    monkeypatch.setattr(paths, "DOCUMENTS", tmp_path / "the docs")
    return tmp_path / "the docs"


def test_the_first_page_is_opened_from_the_disk_and_its_address_is_said(
    documents: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    documents.mkdir()
    (documents / "index.html").write_text("<title>Smart Queue</title>")

    assert main(["docs"]) == 0

    assert opened == [f"file://{documents.parent}/the%20docs/index.html"]
    assert capsys.readouterr().out.splitlines() == opened


def test_the_address_alone_opens_nothing(
    documents: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    documents.mkdir()
    (documents / "index.html").touch()

    assert main(["docs", "--address"]) == 0

    assert opened == []
    assert capsys.readouterr().out.startswith("file://")


def test_where_they_did_not_come_along_the_command_says_what_makes_them(
    documents: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["docs"]) == 1

    assert opened == []
    assert "scripts/docs" in capsys.readouterr().err
