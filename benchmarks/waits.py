"""How good the promises of waiting time are, and what they cost.

    PYTHONPATH=. python benchmarks/waits.py                      simulated clinics, and milliseconds for a line of 300
    PYTHONPATH=. python benchmarks/waits.py --logs A.csv B.csv   each log judged after training on the others

Only waits of at least five seconds of people who were called are judged; the waits of those who left are not known.
Beside the forecast stand the simple estimates that it must beat: position × mean ÷ busy rooms, the wait of the last one
called (LES), the time that the first in line has waited (HOL), and the median of the training logs. Two real months of
a bank's telephone queue, which may not be shipped, are the logs that the constants were checked on.
"""

from __future__ import annotations

import argparse
import sys
import timeit
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import mean, median

from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.forecast import Ahead, forecast
from queue_server.domain.waits.mechanics import Server
from queue_server.domain.waits.pace import Learned, learn_wait
from queue_server.simulation.clinic import DAY_S, FIRST_DAY_S, Troubles, a_small_clinic, simulate
from queue_server.simulation.queue_logs import LogEntry, read_log
from queue_server.simulation.replay import Replay

SIZES: tuple[tuple[str, Callable[[int], bool]], ...] = (
    ("all", lambda ahead: True),
    ("0 ahead", lambda ahead: ahead == 0),
    ("1-2 ahead", lambda ahead: 1 <= ahead <= 2),
    ("3+ ahead", lambda ahead: ahead >= 3),
    ("8+ ahead", lambda ahead: ahead >= 8),
)


@dataclass(frozen=True)
class Seen:
    """The state of the queue at one joining, for the simple estimates."""

    ahead: int
    busy: int
    last_wait_s: float
    head_waited_s: float


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, nargs="+", default=[], metavar="LOG.csv")
    parser.add_argument("--clinics", type=int, default=8, help="how many simulated clinics")
    arguments = parser.parse_args()
    logs = {path.name: read_log(path) for path in arguments.logs}
    for name, log in logs.items():
        judge_log(name, log, [other for other_name, other in logs.items() if other_name != name])
    judge_clinics(arguments.clinics)
    judge_troubles(arguments.clinics)
    time_forecasts()


def judge_log(name: str, log: Sequence[LogEntry], past: Sequence[Sequence[LogEntry]]) -> None:
    """Print the figures of one log after training on the others."""
    replay = Replay()
    for other in past:
        replay.play(other)
    promises = replay.play(log)
    seen = list(seen_at_joining(log))
    waits = [entry.called_s - entry.joined_s for other in past for entry in other if entry.called_s is not None]
    usual = median([wait for wait in waits if wait >= 5] or [0.0])
    lengths = [e.finished_s - e.called_s for other in past for e in other if e.called_s and e.finished_s]
    length = mean(lengths or [146.0])
    simple = {
        "position x mean / busy": [(one.ahead + 1) * length / max(one.busy, 1) for one in seen],
        "last to enter service": [one.last_wait_s for one in seen],
        "head of line": [one.head_waited_s for one in seen],
        "constant median": [usual] * len(seen),
    }
    say(f"\n{name}, trained on {len(past)} other log(s)")
    table("forecast", log, promises, [one.ahead for one in seen])
    for label, estimates in simple.items():
        table(label, log, [Wait(each, each, each) for each in estimates], [one.ahead for one in seen], has_range=False)


def judge_clinics(count: int) -> None:
    """Print the figures of simulated clinics: twenty days to learn from, twenty to be judged on."""
    entries: list[LogEntry] = []
    promises: list[Wait | None] = []
    for seed in range(100, 100 + count):
        days, border = simulate(a_small_clinic(), seed, 40), FIRST_DAY_S + 20 * DAY_S
        replay = Replay(days.duties)
        replay.play([entry for entry in days.entries if entry.joined_s < border])
        future = [entry for entry in days.entries if entry.joined_s >= border]
        entries += future
        promises += replay.play(future)
    say(f"\n{count} simulated clinics, two doctors, seconds")
    table("forecast", entries, promises, [5] * len(entries), sizes=SIZES[:1])


def judge_troubles(count: int) -> None:
    """Print the figures of bad days, after twelve usual days, and of those that were usual before."""
    usual = a_small_clinic()
    (department,) = usual.departments
    slow = replace(department, consultation_s=1.6 * department.consultation_s)
    shapes = {
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
    say("\nbad days after usual ones (new), and after twelve like them (learned)")
    for name, plan in shapes.items():
        for label, before in (("new", usual), ("learned", plan)):
            entries: list[LogEntry] = []
            promises: list[Wait | None] = []
            for seed in range(300, 300 + count):
                past, days = simulate(before, seed, 12), simulate(plan, seed, 4, first_day=12)
                replay = Replay([*past.duties, *days.duties])
                replay.play(past.entries)
                entries += days.entries
                promises += replay.play(days.entries)
            table(f"{name}, {label}", entries, promises, [5] * len(entries), sizes=SIZES[:1])


def table(
    label: str,
    log: Sequence[LogEntry],
    promises: Sequence[Wait | None],
    ahead: Sequence[int],
    *,
    has_range: bool = True,
    sizes: Iterable[tuple[str, Callable[[int], bool]]] = SIZES,
) -> None:
    """Print one estimate's mean absolute error and bias, by the number of people ahead; and of its range the share of
    waits inside and above, the median width and the score of Winkler (1972) for 80 %."""
    judged = [
        (entry.called_s - entry.joined_s, wait, before)
        for entry, wait, before in zip(log, promises, ahead, strict=True)
        if entry.called_s is not None and entry.called_s - entry.joined_s >= 5 and wait is not None
    ]
    for size, belongs in sizes:
        those = [(waited, wait) for waited, wait, before in judged if belongs(before)]
        if not those:
            continue
        error = mean(abs(wait.likely_s - waited) for waited, wait in those)
        bias = mean(wait.likely_s - waited for waited, wait in those)
        shown = _of_the_range(those) if has_range else ""
        say(f"  {label:32} {size:10} n {len(those):6}  error {error:6.1f} s  bias {bias:+7.1f} s  {shown}")


def _of_the_range(those: Sequence[tuple[float, Wait]]) -> str:
    inside = mean(wait.low_s <= waited <= wait.high_s for waited, wait in those)
    above = mean(waited > wait.high_s for waited, wait in those)
    width = median(wait.high_s - wait.low_s for _, wait in those)
    missed = mean(max(wait.low_s - waited, waited - wait.high_s, 0.0) for waited, wait in those)
    score = mean(wait.high_s - wait.low_s for _, wait in those) + 10.0 * missed
    return f"inside {inside:6.1%}  above {above:6.1%}  width {width:6.0f} s  Winkler {score:6.0f}"


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


def time_forecasts() -> None:
    """Print the milliseconds that a forecast of all positions of a line of 300 takes, the best of many."""
    days = simulate(a_small_clinic(), 1, 5)
    replay = Replay(days.duties)
    replay.play(days.entries)
    learned: Learned = replay.lines["GEN"].learned
    line = [Ahead()] * 300
    say("\na line of 300, all positions at once")
    for count in (2, 8, 30):
        servers = [Server.on_duty(str(number), 20.0 * number) for number in range(count)]
        best = min(timeit.repeat(partial(forecast, line, servers, learned), number=20, repeat=30)) / 20
        say(f"  {count:2} doctors  {best * 1_000:.2f} ms")
    clues = forecast(line, servers, learned).clues(50)
    if clues is not None:
        best = min(timeit.repeat(partial(learn_wait, learned, clues, 900.0), number=20, repeat=30)) / 20
        say(f"  one lesson {best * 1_000:.2f} ms")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
