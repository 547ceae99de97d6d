"""Setting up a kiosk's machine from the command line."""

import argparse
from pathlib import Path

from kiosk.agent.enrolment import read_key
from kiosk.keeper import command
from tests.kiosk.agent.test_agent_command import an_enrolment_desk


def test_both_codes_are_traded_for_keys_and_nothing_runs(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    with an_enrolment_desk() as desk:
        words = ("--server", desk.address, "--key-file", str(tmp_path / "key"), "--printer", "memory:", "--enrol-only")
        ended = command.run(parser.parse_args([*words, "--code", "ABCD-2345", "--kiosk-code", "EFGH-6789"]))

    assert ended == 0
    assert [asked["kind"] for _, asked in desk.asked] == ["agent", "kiosk"]
    assert [read_key(tmp_path / name) for name in ("key", "key.kiosk")] == ["k3y", "k3y"]
