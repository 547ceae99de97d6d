"""How long will it take? A range for every position of a line at once, or nothing where it cannot be known.

The estimate has two steps, both cheap enough to run on every change of the queue.

1. **Mechanics** (here): from the doctors as they stand, how many calls will have been made by each moment. A free
   doctor calls at once; a busy one when the running consultation is over (its mean residual, given how long it has
   run); one who is late or on a break after the return (given how late it is already); from then on each calls at the
   learned pace, a no-show costing less than a consultation. A position is reached when as many calls have been made
   as people are ahead, less those who leave meanwhile. This is the queue-length estimator of Ibrahim & Whitt
   ("Real-Time Delay Estimation in Overloaded Multiserver Queues with Abandonments", 2009) in its fluid form for
   changing numbers of servers ("Wait-Time Predictors for Customer Service Systems with Time-Varying Demand and
   Capacity", 2011), solved in closed form.
2. **Correction** (`waits_correction`): how such estimates came out so far in this department; it also sets the width.

Nothing is simulated: a line of 300 is one pass over the doctors' few turning points.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from queue_server.domain.waits.correction import OFFSET_S, Clues
from queue_server.domain.waits.pace import Learned

#: A doctor who is this much overdue without a word no longer counts as expected.
GIVEN_UP_S = 4 * 3_600.0
#: Who is an hour late is not about to appear: the rest is at least this share of the delay so far (Lindy's rule).
OVERDUE_SHARE = 0.25
LONGEST_REST = 2.0
#: What no rate explains: somebody walks slowly, a doctor finishes a note.
UNSTEADY_S = 15.0
LEAST_SPREAD = 0.05
LARGEST_SPREAD = 1.5
_TINY = 1e-9
_MOST = 50.0


class Presence(StrEnum):
    """Where a doctor is; the same words as the states of a duty, without those that never call anybody."""

    EXPECTED = "expected"
    ON_DUTY = "on_duty"
    ON_BREAK = "on_break"


@dataclass(frozen=True, slots=True)
class Server:
    """One doctor in one room. Make it with `on_duty`, `expected` or `on_break`.

    `running_s` is the time since the call of the patient who is in the room, None when it is free; `starts_in_s` the
    time until the doctor is expected, negative when overdue, None when unknown; `stops_in_s` the time until the duty
    ends, if that is known. `doctor` is the name under which the pace is learned. All times in seconds.
    """

    doctor: str
    presence: Presence = Presence.ON_DUTY
    running_s: float | None = None
    starts_in_s: float | None = None
    stops_in_s: float | None = None

    @classmethod
    def on_duty(cls, doctor: str, running_s: float | None = None, stops_in_s: float | None = None) -> Server:
        """A doctor at work, free or with a patient who was called `running_s` seconds ago."""
        return cls(doctor, Presence.ON_DUTY, running_s, None, stops_in_s)

    @classmethod
    def expected(cls, doctor: str, starts_in_s: float | None, stops_in_s: float | None = None) -> Server:
        """A doctor who has not begun and is to begin in `starts_in_s` seconds (negative: was to have begun)."""
        return cls(doctor, Presence.EXPECTED, None, starts_in_s, stops_in_s)

    @classmethod
    def on_break(cls, doctor: str, back_in_s: float | None, stops_in_s: float | None = None) -> Server:
        """A doctor on a break, to be back in `back_in_s` seconds; None when no time was named."""
        return cls(doctor, Presence.ON_BREAK, None, back_in_s, stops_in_s)


@dataclass(frozen=True, slots=True)
class Ahead:
    """One entry of the line, which stands in the order of calling.

    `waited_s` is the time since it joined; `for_doctor` the only doctor who may call it; `weight` how much of a place
    it takes: 1 for somebody who waits, less for one who is held and may or may not come back in time.
    """

    waited_s: float = 0.0
    for_doctor: str | None = None
    weight: float = 1.0


class Wait(NamedTuple):
    """A promise in seconds from now: of ten waits one is under `low_s`, five under `likely_s`, nine under `high_s`."""

    low_s: float
    likely_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The waits of everybody in line, in order, and of one who would join at the end. None: it cannot be known."""

    waits: tuple[Wait | None, ...]
    joining: Wait | None
    #: What each forecast was made from, the joining one's last. Keep one's own beside the promise for `learn_wait`.
    clues: tuple[Clues | None, ...]


def forecast(line: Sequence[Ahead], servers: Sequence[Server], learned: Learned) -> Forecast:
    """Return the waits of all positions of `line` at once.

    Nobody gets a likely wait, or an end of the range, shorter than somebody ahead (entries that wait for one doctor
    aside), and a further doctor never lengthens a likely wait. A position is None when no doctor on duty, expected or
    on a break with a time of return will come to it.
    """
    needed = list(accumulate((entry.weight for entry in line), initial=1.0))
    reached = call_times(needed, servers, learned)
    for place, own in _own_doctor_times(line, servers, learned):
        general = reached[place]
        reached[place] = None if own is None or general is None else max(own, general)
    history = max(line[0].waited_s if line else 0.0, 0.0) / needed[-1]
    size = needed[-1] - 1.0
    clues = tuple(
        None if when is None else Clues(when[0], _spread(*when), count - 1.0, history * count, size)
        for count, when in zip(needed, reached, strict=True)
    )
    waits = _in_order(clues, [entry.for_doctor is not None for entry in line], learned)
    return Forecast(tuple(waits[:-1]), waits[-1], clues)


def passes_closing(wait: Wait | None, closes_in_s: float | None) -> bool:
    """Return whether somebody with this wait would more likely than not be called after closing time."""
    return wait is not None and closes_in_s is not None and wait.likely_s > closes_in_s


def call_times(
    needed: Sequence[float], servers: Iterable[Server], learned: Learned
) -> list[tuple[float, float] | None]:
    """Return when the needed[i]-th call is to be expected and its standard deviation, in seconds from now.

    `needed` rises. With the rate of calls λ(t) and a rate θ at which people leave, the number x of people who must go
    before one's turn obeys x' = -λ(t) - θx, so that x = G(t) = ∫ λ(s) exp(θs) ds are gone at t; λ is constant between
    turning points, so G is inverted in closed form. The variance adds three independent parts: of a renewal process's
    n-th event (n·c²/λ²; Cox, *Renewal Theory*, §3.3), of the starts that are not certain, and of the pace itself.
    """
    turns = sorted((turn for server in servers for turn in _turns(server, learned)), key=lambda turn: turn.at_s)
    leaving = max(learned.leaving_rate, _TINY)
    variation, pace_doubt = learned.variation, learned.pace_doubt
    found: list[tuple[float, float] | None] = []
    gone, rate, start_doubt, growth = 0.0, 0.0, 0.0, 1.0
    for turn in [*turns, _NEVER]:
        next_growth = math.exp(min(leaving * turn.at_s, _MOST))
        if rate > _TINY:
            reach = gone + rate * (next_growth - growth) / leaving
            for count in _up_to(reach, needed, len(found)):
                at = math.log(growth + max(count - gone, 0.0) * leaving / rate) / leaving
                variance = (count * variation + start_doubt) / (rate * rate) + (pace_doubt * at) ** 2
                found.append((at, math.sqrt(variance)))
            gone = reach
        growth = next_growth
        gone += turn.calls * growth
        rate, start_doubt = max(rate + turn.rate, 0.0), max(start_doubt + turn.start_doubt, 0.0)
        if turn.calls:
            spread = math.sqrt(start_doubt) / rate if rate > _TINY else 0.0
            found.extend((turn.at_s, spread) for _ in _up_to(gone, needed, len(found)))
    return found + [None] * (len(needed) - len(found))


def _up_to(reach: float, needed: Sequence[float], start: int) -> Sequence[float]:
    return needed[start : bisect_right(needed, reach, lo=start)]


def residual_s(mean_s: float, variation: float, elapsed_s: float) -> float:
    """Return the mean rest of a consultation that has run for `elapsed_s`: E[X - e | X > e] for a lognormal X.

    `variation` is the squared coefficient of variation. With its long tail, a consultation that has run long is not
    about to end; the rest is at most twice the mean. (Limited expected value of the lognormal: Klugman, Panjer &
    Willmot, *Loss Models*, app. A.)
    """
    if elapsed_s < 1.0:
        return mean_s
    sigma = math.sqrt(math.log1p(variation))
    z = math.log(elapsed_s / mean_s) / sigma + sigma / 2
    longer = _beyond(z)
    if longer < _TINY:
        return LONGEST_REST * mean_s
    return min(max(mean_s * _beyond(z - sigma) / longer - elapsed_s, 1.0), LONGEST_REST * mean_s)


def rest_of_delay_s(mean_s: float, deviation_s: float, late_s: float) -> tuple[float, float]:
    """Return mean and deviation of the time until somebody appears who is `late_s` late by now (negative: not yet due).

    Lateness is normal with that mean and deviation, truncated at what has passed already (mean and variance of a
    truncated normal: Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* 1, §13.10).
    """
    z = (late_s - mean_s) / deviation_s
    least = OVERDUE_SHARE * max(late_s, 0.0)
    if z > 4.0:
        return max(deviation_s / z, least), max(deviation_s / z, least)
    mills = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / _beyond(z)
    rest = deviation_s * (mills - z)
    deviation = deviation_s * math.sqrt(max(1.0 + z * mills - mills * mills, 0.01))
    return max(rest, least, 0.0), max(deviation, least)


class _Turn(NamedTuple):
    """At `at_s` so many calls are made at once, the rate of calls changes, and so does its doubt (rate² × variance)."""

    at_s: float
    calls: float
    rate: float
    start_doubt: float = 0.0


_NEVER = _Turn(_MOST / _TINY, 0.0, 0.0)


def _turns(server: Server, learned: Learned) -> list[_Turn]:
    turns = list(_turns_without_end(server, learned))
    if server.stops_in_s is None or not turns:
        return turns
    until = [turn for turn in turns if turn.at_s < server.stops_in_s]
    rate, doubt = sum(turn.rate for turn in until), sum(turn.start_doubt for turn in until)
    return [*until, _Turn(max(server.stops_in_s, 0.0), 0.0, -rate, -doubt)]


def _turns_without_end(server: Server, learned: Learned) -> Iterator[_Turn]:
    consultation = learned.consultation_s(server.doctor, server.running_s)
    rate = 1.0 / learned.cycle_s(consultation)
    if server.presence is Presence.ON_DUTY:
        if server.running_s is None:
            yield _Turn(0.0, 1.0, rate)
            return
        rest = residual_s(consultation, learned.variation, server.running_s) + learned.turn_over_s
        yield _Turn(0.0, 0.0, 1.0 / rest)
        yield _Turn(rest, 0.0, rate - 1.0 / rest)
    elif server.starts_in_s is not None and server.starts_in_s > -GIVEN_UP_S:
        is_break = server.presence is Presence.ON_BREAK
        mean, deviation = learned.return_lateness_s if is_break else learned.lateness_s(server.doctor)
        at, deviation = rest_of_delay_s(mean, deviation, -server.starts_in_s)
        yield _Turn(at, 1.0, rate, (rate * deviation) ** 2)


def _own_doctor_times(
    line: Sequence[Ahead], servers: Sequence[Server], learned: Learned
) -> Iterator[tuple[int, tuple[float, float] | None]]:
    """For each entry that only one doctor may call: its place, and when that doctor comes to it."""
    for doctor in {entry.for_doctor: None for entry in line if entry.for_doctor is not None}:
        places = [place for place, entry in enumerate(line) if entry.for_doctor == doctor]
        needed = [1.0]
        for place in places[:-1]:
            needed.append(needed[-1] + line[place].weight)
        own = [server for server in servers if server.doctor == doctor]
        yield from zip(places, call_times(needed, own, learned), strict=True)


def _in_order(clues: Sequence[Clues | None], is_bound: Sequence[bool], learned: Learned) -> list[Wait | None]:
    """The corrected ranges, none longer than that of somebody behind; the last, which is promised, is left as it is."""
    waits: list[Wait | None] = []
    ranges = iter(reversed(learned.correction.ranges_s([clue for clue in clues if clue is not None])))
    low = likely = high = math.inf
    for clue, bound in zip(reversed(clues), (False, *reversed(is_bound)), strict=True):
        if clue is None:
            waits.append(None)
            continue
        own_low, own_likely, own_high = next(ranges)
        if bound:
            waits.append(Wait(own_low, own_likely, own_high))
            continue
        low = own_low if own_low < low else low
        likely = own_likely if own_likely < likely else likely
        high = own_high if own_high < high else high
        waits.append(Wait(low, likely, high))
    waits.reverse()
    return waits


def _spread(at_s: float, deviation_s: float) -> float:
    spread = math.hypot(deviation_s, UNSTEADY_S) / (at_s + OFFSET_S)
    return LEAST_SPREAD if spread < LEAST_SPREAD else spread if spread < LARGEST_SPREAD else LARGEST_SPREAD


def _beyond(z: float) -> float:
    """The standard normal's upper tail."""
    return 0.5 * math.erfc(z / math.sqrt(2))
