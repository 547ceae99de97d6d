"""A printer that swallows, resets half-way, is mute, runs out of paper or is late, and an agent that dies meanwhile.

    scripts/chaos printer [--seconds 300] [--seed N] [--jobs 1000]

Real slips go over TCP, and each job is asked for again and again, as a server does whose line breaks. What comes out is
compared with what the agent says became of each job: `printed` is on paper, `failed` is not, and nothing is on paper
twice unless the slip says that it is a copy.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from kiosk.agent.jobs import settle
from kiosk.agent.ledger import Ledger
from kiosk.agent.protocol import Job
from kiosk.printing import Outcome, PrintState, Slip, WiredPrinter, paper
from kiosk.printing.document import slip_document
from kiosk.printing.wires import NetworkWire
from tests.chaos.arguments import arguments
from tests.kiosk.fake_printer import MUTE, PAPER_OUT, READY, FakePrinter, a_printer
from tests.kiosk.slips import a_slip

ON = paper(80)

#: How long the printer may take to say how it is, and that a slip is out; the product grants longer.
ANSWER_S, CONFIRM_S = 0.05, 0.15


class Killed(BaseException):
    """The agent is gone, as by kill -9 or the power."""


class DyingLedger(Ledger):
    """The agent dies after the slip came out and before it has remembered that."""

    is_dying = False

    def finish(self, job_id: str, outcome: Outcome) -> None:
        if self.is_dying:
            raise Killed
        super().finish(job_id, outcome)


@dataclass
class Findings:
    """What became of the jobs, and what was wrong, a line each."""

    outcomes: Counter[str] = field(default_factory=Counter)
    on_paper: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ended = ", ".join(f"{count} {state}" for state, count in sorted(self.outcomes.items()))
        return f"{self.outcomes.total()} jobs: {ended}; {self.on_paper} slips on paper; {len(self.wrong)} wrong"


class Printing:
    """One printer, and one agent with its ledger."""

    def __init__(self, folder: Path, printer: FakePrinter, chance: random.Random) -> None:
        self.folder, self.printer, self.chance = folder, printer, chance
        self.late = threading.Event()  # never comes
        self.ledger = DyingLedger(folder / "ledger")
        self.transport = self.connected()
        self.found = Findings()

    def connected(self) -> WiredPrinter:
        """The printer as an agent that was just started sees it."""
        connect = partial(NetworkWire, "127.0.0.1", self.printer.port, timeout_s=2.0)
        return WiredPrinter(connect, answer_s=ANSWER_S, confirm_s=CONFIRM_S)

    def mood(self) -> str:
        """The printer behaves in another way from now on."""
        moods: dict[str, Callable[[], None]] = {
            "well": self.be,
            "swallows": lambda: self.be(swallows=True),
            "prints and does not say": lambda: self.be(confirms=False),
            "late": lambda: self.be(before=lambda document: self.late.wait(2 * CONFIRM_S)),
            "resets half-way": lambda: self.be(closes_after=self.chance.randrange(200, 60_000)),
            "mute": lambda: self.be(answers=MUTE),
            "mute, and swallows": lambda: self.be(answers=MUTE, swallows=True),
            "paper is out": lambda: self.be(answers=PAPER_OUT),
            "paper runs out": lambda: self.be(swallows=True, before=lambda document: self.be(PAPER_OUT, swallows=True)),
        }
        chosen = self.chance.choice([*moods, "well", "well", "well"])
        moods[chosen]()
        return chosen

    def be(
        self,
        answers: dict[int, int] = READY,
        *,
        confirms: bool = True,
        swallows: bool = False,
        closes_after: int | None = None,
        before: Callable[[bytes], object] = lambda document: None,
    ) -> None:
        """The printer behaves like this."""
        self.printer.answers, self.printer.confirms, self.printer.swallows = dict(answers), confirms, swallows
        self.printer.closes_after, self.printer.before_printing = closes_after, before

    def start_again(self) -> None:
        """The agent is started anew after it died."""
        self.ledger.close()
        self.ledger = DyingLedger(self.folder / "ledger")
        self.transport = self.connected()

    def job(self, number: int) -> None:
        """One job from its first request to the last, and a copy where staff cannot know that it came out."""
        slip = a_slip(number=f"G-{number:03d}")
        told = self.ask_for(f"{number}", slip)
        if told.state is not PrintState.PRINTED:
            self.ask_for(f"{number}-copy", a_slip(number=slip.number, copy=2, copy_text="COPY 2"))

    def ask_for(self, job_id: str, slip: Slip) -> Outcome:
        """How it ended, asked for one to three times."""
        mood, document = self.mood(), slip_document(slip, ON)
        self.ledger.is_dying = self.chance.random() < 0.1
        outcomes = [told for _ in range(self.chance.randint(1, 3)) if (told := self.ask_once(job_id, slip))]
        outcomes = outcomes or [told for told in [self.ask_once(job_id, slip)] if told]
        for line in self.printer.lines:
            line.join()
        came_out = list(self.printer.printed)
        self.printer.lines.clear()
        self.printer.printed.clear()
        self.judge(f"job {job_id} ({mood})", outcomes, came_out, document)
        return outcomes[-1]

    def ask_once(self, job_id: str, slip: Slip) -> Outcome | None:
        """How it ended; none when the agent has died meanwhile."""
        try:
            return settle(Job(job_id, asdict(slip)), self.ledger, self.transport, ON)
        except Killed:
            self.start_again()
            return None

    def judge(self, job: str, told: list[Outcome], came_out: list[bytes], document: bytes) -> None:
        """Compare what was said with what is on paper."""
        times = len([data for data in came_out if document in data])
        self.found.outcomes[told[-1].state] += 1
        self.found.on_paper += times
        is_wrong = {
            "said one thing and then another": len({outcome.state for outcome in told}) > 1,
            "is lost, and nobody knows": told[-1].state is PrintState.PRINTED and times == 0,
            "is on paper, though it is said to have failed": told[-1].state is PrintState.FAILED and times > 0,
            "is on paper twice": times > 1,
            "came out as something else": len(came_out) > times,
        }
        self.found.wrong += [f"{job} {words}" for words, holds in is_wrong.items() if holds]


def attack(seconds: float, jobs: int, chance: random.Random) -> Findings:
    """What became of so many jobs, or of those that came to an end in time."""
    deadline = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder, a_printer() as printer:
        printing = Printing(Path(folder), printer, chance)
        for number in range(1, jobs + 1):
            if time.monotonic() > deadline:
                break
            printing.job(number)
        with closing(printing.ledger):
            return printing.found


def main() -> int:
    """Exit status 1: something was wrong."""
    parser = arguments(__doc__, seconds=300)
    parser.add_argument("--jobs", type=int, default=1000, help="how many slips, copies not counted (%(default)s)")
    given = parser.parse_args()
    print(f"--seed {given.seed}")
    found = attack(given.seconds, given.jobs, random.Random(given.seed))
    print(found, *found.wrong[:20], sep="\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
