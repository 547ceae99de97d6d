"""A job is printed at most once in its life, and none is lost without a word."""

import json
import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.agent.jobs import STOPPED, print_once
from kiosk.agent.ledger import Entry, Ledger, LedgerInUse
from kiosk.printing import Outcome, PrintState

PRINTED = Outcome(PrintState.PRINTED)
OUT_OF_PAPER = Outcome(PrintState.FAILED, "out of paper")
JOBS = st.sampled_from([f"job-{number}" for number in range(4)])


class Killed(BaseException):
    """The process is gone, as by kill -9 or the power."""


class PrintingAndDying(RuleBasedStateMachine):
    """A server that asks again and again, an agent that dies at the worst moments, and paper that forgets nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger"
        self.ledger: Ledger | None = Ledger(self.path, kept=4)
        self.paper: Counter[str] = Counter()
        self.asked: set[str] = set()
        self.told: dict[str, Outcome] = {}

    def teardown(self) -> None:
        self.restart()
        for job in self.asked:
            self.deliver(job, PRINTED)
        assert set(self.told) == self.asked
        assert all(self.paper[job] == 1 for job, outcome in self.told.items() if outcome == PRINTED)
        assert self.ledger
        self.ledger.close()
        self.folder.cleanup()

    @rule(job=JOBS, outcome=st.sampled_from([PRINTED, PRINTED, OUT_OF_PAPER]))
    @precondition(lambda self: self.ledger)
    def deliver(self, job: str, outcome: Outcome) -> None:
        assert self.ledger
        told = print_once(job, self.ledger, lambda: self._print(job, outcome))

        assert told == self.told.get(job, told)
        self.asked.add(job)
        self.told[job] = told

    @rule(job=JOBS, is_on_paper=st.booleans())
    @precondition(lambda self: self.ledger)
    def die_while_printing(self, job: str, is_on_paper: bool) -> None:
        def send() -> Outcome:
            if is_on_paper:
                self._print(job, PRINTED)
            raise Killed

        assert self.ledger
        self.asked.add(job)
        if job in self.told:
            return
        try:
            print_once(job, self.ledger, send)
        except Killed:
            self._die()

    @rule(torn=st.integers(0, 20))
    @precondition(lambda self: self.ledger)
    def die_while_writing(self, torn: int) -> None:
        self._die()
        with self.path.open("ab") as file:
            file.write(b'{"job": "job-1", "state": "printed"'[:torn])

    @rule()
    def restart(self) -> None:
        if self.ledger:
            self._die()
        self.ledger = Ledger(self.path, kept=4)

    @invariant()
    def nothing_is_printed_twice(self) -> None:
        assert all(count <= 1 for count in self.paper.values())

    def _print(self, job: str, outcome: Outcome) -> Outcome:
        if outcome == PRINTED:
            self.paper[job] += 1
        return outcome

    def _die(self) -> None:
        assert self.ledger
        self.ledger.close()
        self.ledger = None


PrintingAndDying.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
test_any_run_of_deliveries_deaths_and_restarts_prints_once_and_answers_all = PrintingAndDying.TestCase


def test_a_job_that_was_begun_is_unconfirmed_after_a_restart(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.begin("17")
    ledger.close()

    again = Ledger(tmp_path / "ledger")

    assert again.find("17") == Entry(None)
    assert print_once("17", again, lambda: pytest.fail("printed twice")) == STOPPED
    assert again.find("17") == Entry(STOPPED)
    again.close()


def test_the_ledger_keeps_the_last_jobs_and_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger = Ledger(path, kept=10)

    for number in range(100):
        print_once(str(number), ledger, lambda: PRINTED)

    assert ledger.find("99") == Entry(PRINTED)
    assert len(path.read_bytes().splitlines()) <= 40
    ledger.close()
    again = Ledger(path, kept=10)
    assert [again.find(str(number)) for number in range(90, 100)] == [Entry(PRINTED)] * 10
    assert again.find("1") is None
    again.close()
    assert [file.name for file in tmp_path.iterdir()] == ["ledger"]


def test_a_line_that_rotted_on_the_disk_costs_only_itself(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    for job in ("1", "2", "3"):
        print_once(job, ledger, lambda: PRINTED)
    ledger.close()
    lines = (tmp_path / "ledger").read_bytes().splitlines(keepends=True)
    (tmp_path / "ledger").write_bytes(b"".join([*lines[:2], b"\0\xff\0\n", b'{"job": "2"}\n', *lines[4:]]))

    again = Ledger(tmp_path / "ledger")

    assert [again.find(job) for job in ("1", "2", "3")] == [Entry(PRINTED), None, Entry(PRINTED)]
    again.close()


def test_a_full_disk_prints_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path / "ledger")
    print_once("1", ledger, lambda: PRINTED)
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:7]))

    outcome = print_once("2", ledger, lambda: pytest.fail("printed without a memory of it"))

    monkeypatch.undo()
    assert outcome == Outcome(PrintState.FAILED, "the agent's disk cannot be written")
    assert print_once("3", ledger, lambda: PRINTED) == PRINTED
    ledger.close()
    assert [json.loads(line)["job"] for line in (tmp_path / "ledger").read_bytes().splitlines()] == ["1", "1", "3", "3"]
    again = Ledger(tmp_path / "ledger")
    assert [again.find(job) for job in ("1", "2", "3")] == [Entry(PRINTED), None, Entry(PRINTED)]
    again.close()


def test_a_printer_that_breaks_the_agent_leaves_the_job_unconfirmed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")

    outcome = print_once("1", ledger, lambda: Outcome(PrintState(str(1 // 0))))

    assert outcome == Outcome(PrintState.UNCONFIRMED, "the agent failed while printing")
    assert print_once("1", ledger, lambda: pytest.fail("printed twice")) == outcome
    ledger.close()


def test_two_agents_cannot_share_a_ledger(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger", kept=1)
    for number in range(9):
        print_once(str(number), ledger, lambda: PRINTED)

    with pytest.raises(LedgerInUse, match="Another agent uses the ledger"):
        Ledger(tmp_path / "ledger")

    ledger.close()
    Ledger(tmp_path / "ledger").close()


def test_the_number_of_a_slip_stays_in_the_ledger_when_it_is_written_anew(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger", kept=2)
    for job in range(1, 9):
        print_once(str(job), ledger, lambda: PRINTED, f"G-{job:03d}")
    ledger.close()
    again = Ledger(tmp_path / "ledger", kept=2)

    assert again.find("8") == Entry(PRINTED, "G-008")
    assert '"number": "G-008"' in (tmp_path / "ledger").read_text()
    again.close()
