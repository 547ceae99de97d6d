"""The attacks of `scripts/chaos` are found and say what they do."""

from __future__ import annotations

import pytest

from tests.chaos.__main__ import attacks, main


def test_whoever_names_no_attack_is_told_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--help"])

    listed = capsys.readouterr().out.splitlines()
    assert status == 2
    assert [line.split()[1] for line in listed] == list(attacks())
    assert all(len(line.split()) > 4 for line in listed)
