"""How good the promises of waiting time are, and what they cost.

    PYTHONPATH=. python benchmarks/waits.py                        simulated clinics, bad days, and milliseconds
    PYTHONPATH=. python benchmarks/waits.py --logs A.csv B.csv     each log judged after training on the others
    PYTHONPATH=. python benchmarks/waits.py --against 10b5f9c      the same promises by that commit, in the same run

Only waits of at least five seconds of people who were called are judged; the waits of those who left are not known.
Seconds throughout. Each group of 300 or more should hold 77–83 % inside, of 75 or more 70–90 %; its pinball loss should
be at most 1.02 times the better of the mechanics alone and the other commit: `!` marks what misses. Beside the logs
stand simple estimates: position × mean ÷ busy rooms, the wait of the last one called (LES), the time that the first in
line has waited (HOL), and the median of the training logs. Two real months of a bank's telephone queue, which may not
be shipped, are the logs that the constants were checked on. A log "with nonsense" has all its calls in one room, where
consultations overlap, so that the mechanics know nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median

from benchmarks.builds import Build, build_of
from benchmarks.wait_builds import Job, foretold, time_builds
from benchmarks.wait_scores import Judged, figures, say, tables
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Correction, Wait
from queue_server.simulation.clinic import DAY_S, FIRST_DAY_S, ClinicPlan, Troubles, a_small_clinic, simulate
from queue_server.simulation.queue_logs import LogDuty, LogEntry, read_log
from queue_server.simulation.replay import Line, Replay


@dataclass(frozen=True)
class Seen:
    """The state of the queue at one joining, for the simple estimates."""

    ahead: int
    busy: int
    last_wait_s: float
    head_waited_s: float


class Noting(Replay):
    """A replay that keeps what each promise was made from."""

    clues: dict[str, Clues]

    def __init__(self, duties: Sequence[LogDuty] = ()) -> None:
        super().__init__(duties)
        self.clues = {}

    def _join(self, line: Line, entry: LogEntry, index: int) -> Wait | None:
        promised = super()._join(line, entry, index)
        clues = line.waiting[index].clues
        if clues is not None:
            self.clues[entry.id] = clues
        return promised


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, nargs="+", default=[], metavar="LOG.csv")
    parser.add_argument("--clinics", type=int, default=8, help="how many simulated clinics; 0: none")
    parser.add_argument("--shapes", nargs="+", metavar="NAME", help="only these bad days")
    parser.add_argument("--against", metavar="COMMIT", help="compare with this commit")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        other = stack.enter_context(build_of(arguments.against, folder)) if arguments.against else None
        judge_logs({path.name: read_log(path) for path in arguments.logs}, other)
        if arguments.clinics:
            judge_clinics(arguments.clinics, other)
            judge_troubles(arguments.clinics, arguments.shapes, other)
            say(time_builds(other))


def judge_logs(logs: dict[str, list[LogEntry]], other: Build | None) -> None:
    """Print the figures of each log after training on the others, as it is and with nonsense."""
    for name, log in logs.items():
        past = [entry for other_name, entries in logs.items() if other_name != name for entry in entries]
        say(f"\n{name}, trained on {len(logs) - 1} other log(s)")
        say(tables(judge(Job(past, log), other)))
        say(simple_estimates(log, past))
        one_room = Job([replace(entry, room="1") for entry in past], [replace(entry, room="1") for entry in log])
        say(f"\n{name}, with nonsense")
        say(tables(judge(one_room, None)))


def judge_clinics(count: int, other: Build | None) -> None:
    """Print the figures of simulated clinics: twenty days to learn from, twenty to be judged on."""
    judged: list[Judged] = []
    for seed in range(100, 100 + count):
        days, border = simulate(a_small_clinic(), seed, 40), FIRST_DAY_S + 20 * DAY_S
        past = [entry for entry in days.entries if entry.joined_s < border]
        judged += judge(Job(past, [entry for entry in days.entries if entry.joined_s >= border], days.duties), other)
    say(f"\n{count} simulated clinics, two doctors")
    say(tables(judged))


def shapes() -> dict[str, ClinicPlan]:
    """Days of the small clinic, usual and bad."""
    usual = a_small_clinic()
    (department,) = usual.departments
    slow = replace(department, consultation_s=1.6 * department.consultation_s)
    return {
        "usual": usual,
        "one doctor 40 min late": replace(usual, troubles=Troubles(late_s=2_400.0)),
        "both 40 min late": replace(usual, troubles=Troubles(late_s=2_400.0, late_doctors=2)),
        "one doctor 90 min late": replace(usual, troubles=Troubles(late_s=5_400.0)),
        "emergency at ten": replace(usual, troubles=Troubles(emergencies_s=(36_000.0,))),
        "laboratory": replace(usual, troubles=Troubles(lab_share=0.2)),
        "unannounced lunch": replace(usual, troubles=Troubles(lunch_s=3_600.0)),
        "pace x 1.6": replace(usual, departments=(slow,)),
        "pace by day": replace(usual, pace_by_day=0.3),
        "a quarter does not come": replace(usual, no_show_share=0.25),
    }


def judge_troubles(count: int, chosen: Sequence[str] | None, other: Build | None) -> None:
    """Print the figures of bad days, after twelve usual days, and of those that were usual before."""
    say("\nbad days after usual ones (new), and after twelve like them (learned)")
    for name, plan in shapes().items():
        for label, before in (("new", a_small_clinic()), ("learned", plan)):
            if (chosen and name not in chosen) or (name, label) == ("usual", "learned"):
                continue
            judged: list[Judged] = []
            for seed in range(300, 300 + count):
                past, days = simulate(before, seed, 12), simulate(plan, seed, 4, first_day=12)
                judged += judge(Job(past.entries, days.entries, [*past.duties, *days.duties]), other)
            say(f"  {f'{name}, {label}':34} {figures(judged)}")
            if other:
                than = [replace(one, promised=one.others[1]) for one in judged if one.others]
                say(f"  {f'  by {other.name}':34} {figures(than)}")


def judge(job: Job, other: Build | None) -> list[Judged]:
    """The log's waits beside what was promised here, by the mechanics alone, and by the other build."""
    replay = Noting(job.duties)
    replay.play(job.past)
    promises = replay.play(job.log)
    elsewhere = foretold(other, job) if other else {}
    return [
        Judged(waited, wait, round(clues.ahead), entry.joined_s, entry.kind, _others(clues, elsewhere, entry, other))
        for entry, wait in zip(job.log, promises, strict=True)
        if (waited := waited_s(entry)) is not None and wait is not None and (clues := replay.clues.get(entry.id))
    ]


def _others(clues: Clues, elsewhere: dict[str, Wait], entry: LogEntry, other: Build | None) -> tuple[Wait, ...]:
    alone = Wait(*(max(end + clues.extra_s, clues.away_s) for end in Correction().range_s(clues)))
    if other is None:
        return (alone,)
    return (alone, elsewhere[entry.id]) if entry.id in elsewhere else ()


def waited_s(entry: LogEntry) -> float | None:
    """How long it was to the call, if that is judged."""
    if entry.called_s is None or entry.called_s - entry.joined_s < 5.0:
        return None
    return entry.called_s - entry.joined_s


def simple_estimates(log: Sequence[LogEntry], past: Sequence[LogEntry]) -> Iterator[str]:
    """The lines of the estimates that the forecast must beat, which have no range."""
    seen = list(seen_at_joining(log))
    usual = median([wait for entry in past if (wait := waited_s(entry)) is not None] or [0.0])
    length = mean([e.finished_s - e.called_s for e in past if e.called_s and e.finished_s] or [146.0])
    simple: dict[str, Callable[[Seen], float]] = {
        "position x mean / busy": lambda one: (one.ahead + 1) * length / max(one.busy, 1),
        "last to enter service": lambda one: one.last_wait_s,
        "head of line": lambda one: one.head_waited_s,
        "constant median": lambda one: usual,
    }
    waits = [waited_s(entry) for entry in log]
    for name, estimate in simple.items():
        error = mean(abs(estimate(one) - wait) for one, wait in zip(seen, waits, strict=True) if wait is not None)
        yield f"  {name:34} error {error:6.1f}"


def seen_at_joining(log: Sequence[LogEntry]) -> Iterator[Seen]:
    """Yield what the simple estimates know at each joining, in the order of the log, which must be that of joining."""
    changes: list[tuple[float, int, int]] = []
    for index, entry in enumerate(log):
        end = entry.called_s if entry.called_s is not None else entry.left_s
        if end is not None and end > entry.joined_s:
            changes.append((end, 1, index))
        if entry.called_s is not None and entry.finished_s is not None and entry.finished_s > entry.called_s:
            changes.append((entry.finished_s, 0, index))
    changes.sort()
    waiting: dict[int, float] = {}
    busy: set[int] = set()
    last_wait, at = 0.0, 0
    for index, entry in enumerate(log):
        while at < len(changes) and changes[at][0] <= entry.joined_s:
            _, is_start, other = changes[at]
            at += 1
            if not is_start:
                busy.discard(other)
                continue
            waiting.pop(other, None)
            called = log[other].called_s
            if called is not None:
                busy.add(other)
                last_wait = called - log[other].joined_s
        head = entry.joined_s - next(iter(waiting.values())) if waiting else 0.0
        yield Seen(len(waiting), len(busy), last_wait, head)
        if entry.called_s == entry.joined_s:
            busy.add(index)
            last_wait = 0.0
        else:
            waiting[index] = entry.joined_s


if __name__ == "__main__":
    main()
