"""When will the n-th call from now be made? What follows from the doctors as they stand, without any habit.

A free doctor calls at once; a busy one when the running consultation is over (its mean residual, given how long it has
run); one who is late or on a break after the return (given how late it is already); from then on each calls at the
learned pace, a no-show costing less than a consultation. A position is reached when as many calls have been made as
people are ahead, less those who leave meanwhile. This is the queue-length estimator of Ibrahim & Whitt ("Real-Time
Delay Estimation in Overloaded Multiserver Queues with Abandonments", 2009) in its fluid form for changing numbers of
servers ("Wait-Time Predictors for Customer Service Systems with Time-Varying Demand and Capacity", 2011), solved in
closed form: a line of 300 is one pass over the doctors' few turning points.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from queue_server.domain.waits.pace import Learned

#: A doctor who is this much overdue without a word no longer counts as expected.
GIVEN_UP_S = 4 * 3_600.0
LONGEST_REST = 2.0
#: So many turn-overs pass before a free doctor is believed to have gone away.
PATIENCE = 3.0
LEAST_PATIENCE_S = 60.0
_TINY = 1e-9
_MOST = 50.0
_ROOT_3 = math.sqrt(3.0)
#: From here on, in deviations, only the power of the tail counts.
_FAR = 1_000.0


class Presence(StrEnum):
    """Where a doctor is; the same words as the states of a duty, without those that never call anybody."""

    EXPECTED = "expected"
    ON_DUTY = "on_duty"
    ON_BREAK = "on_break"


@dataclass(frozen=True, slots=True)
class Server:
    """One doctor in one room. Make it with `on_duty`, `expected` or `on_break`.

    `running_s` is the time since the call of the patient who is in the room, None when it is free; `starts_in_s` the
    time until the doctor is expected, negative when overdue, None when unknown; `idle_s` for how long a free room has
    called nobody although somebody waited, None where that is not known; `stops_in_s` the time until the duty is
    to end, if that is known: doctors stay beyond it as they were seen to do, and who is still there has not stopped.
    `doctor` is the name under which the pace is learned. All times in seconds.
    """

    doctor: str
    presence: Presence = Presence.ON_DUTY
    running_s: float | None = None
    starts_in_s: float | None = None
    stops_in_s: float | None = None
    idle_s: float | None = None

    @classmethod
    def on_duty(
        cls,
        doctor: str,
        running_s: float | None = None,
        stops_in_s: float | None = None,
        idle_s: float | None = None,
    ) -> Server:
        """A doctor at work, free or with a patient who was called `running_s` seconds ago."""
        return cls(doctor, Presence.ON_DUTY, running_s, None, stops_in_s, idle_s)

    @classmethod
    def expected(cls, doctor: str, starts_in_s: float | None, stops_in_s: float | None = None) -> Server:
        """A doctor who has not begun and is to begin in `starts_in_s` seconds (negative: was to have begun)."""
        return cls(doctor, Presence.EXPECTED, None, starts_in_s, stops_in_s)

    @classmethod
    def on_break(
        cls, doctor: str, back_in_s: float | None, stops_in_s: float | None = None, running_s: float | None = None
    ) -> Server:
        """A doctor on a break, to be back in `back_in_s` seconds; None when no time was named.

        With `running_s`, the break begins when the patient who is still inside has left; nobody is called before.
        """
        return cls(doctor, Presence.ON_BREAK, running_s, back_in_s, stops_in_s)

    @property
    def is_coming(self) -> bool:
        """Whether the doctor is away and a time of return is known that has not passed too long ago."""
        is_away = self.presence is not Presence.ON_DUTY
        return is_away and self.starts_in_s is not None and self.starts_in_s > -GIVEN_UP_S


class Stretch(NamedTuple):
    """A time in which the rate of calls is constant, and the calls that are made at once at its end.

    `gone`, `reach` and `after` are G(t) at its beginning, at its end, and after those calls; `growth` is exp(θt) at its
    beginning; `next_rate` and `next_doubt` are those of the time that follows.
    """

    gone: float
    growth: float
    rate: float
    start_doubt: float
    ends_at_s: float
    reach: float
    after: float
    next_rate: float
    next_doubt: float


def stretches(servers: Iterable[Server], learned: Learned) -> list[Stretch]:
    """Return the times of a constant rate of calls from now on, in order; those in which nobody is called are left out.

    With the rate of calls λ(t) and a rate θ at which people leave, the number x of people who must go before one's turn
    obeys x' = -λ(t) - θx, so that x = G(t) = ∫ λ(s) exp(θs) ds are gone at t; λ is constant between turning points, so
    G is inverted in closed form.
    """
    turns = [turn for server in servers for turn in _turns(server, learned)]
    turns.sort(key=_MOMENT)
    leaving, found = _leaving(learned), []
    gone, growth, rate, doubt = 0.0, 1.0, 0.0, 0.0
    for at_s, calls, more, more_doubt in [*turns, _NEVER]:
        next_growth = math.exp(min(leaving * at_s, _MOST))
        reach = gone + rate * (next_growth - growth) / leaving if rate > _TINY else gone
        after = reach + calls * next_growth
        next_rate, next_doubt = max(rate + more, 0.0), max(doubt + more_doubt, 0.0)
        if after > gone:
            found.append(Stretch(gone, growth, rate, doubt, at_s, reach, after, next_rate, next_doubt))
        gone, growth, rate, doubt = after, next_growth, next_rate, next_doubt
    return found


def call_times(
    needed: Sequence[float], ahead_of_us: Iterable[Stretch], learned: Learned
) -> list[tuple[float, float] | None]:
    """Return when the needed[i]-th call is to be expected and its standard deviation, in seconds from now.

    `needed` rises. The variance adds three independent parts: of a renewal process's n-th event (n·c²/λ²; Cox, *Renewal
    Theory*, §3.3), of the starts that are not certain, and of the pace itself.
    """
    variation, pace_doubt, leaving = learned.variation, learned.pace_doubt, _leaving(learned)
    log, sqrt = math.log, math.sqrt
    found: list[tuple[float, float] | None] = []
    for gone, growth, rate, doubt, ends_at_s, reach, after, next_rate, next_doubt in ahead_of_us:
        if rate > _TINY:
            for count in _up_to(reach, needed, len(found)):
                at = log(growth + max(count - gone, 0.0) * leaving / rate) / leaving
                variance = (count * variation + doubt) / (rate * rate) + (pace_doubt * at) ** 2
                found.append((at, sqrt(variance)))
        if after > reach:
            spread = sqrt(next_doubt) / next_rate if next_rate > _TINY else 0.0
            found.extend((ends_at_s, spread) for _ in _up_to(after, needed, len(found)))
    return found + [None] * (len(needed) - len(found))


def turning_counts(ahead_of_us: Iterable[Stretch]) -> list[float]:
    """Return after how many calls their rate changes, or several are made at once; rising. Infinity may be last."""
    return [count for one in ahead_of_us for count in (one.reach, one.after)]


def _leaving(learned: Learned) -> float:
    return max(learned.leaving_rate, _TINY)


def _up_to(reach: float, needed: Sequence[float], start: int) -> Sequence[float]:
    return needed[start : bisect_right(needed, reach, lo=start)]


def nobody_calls_for_s(servers: Iterable[Server]) -> float:
    """Return for how many seconds from now nobody is called because every doctor is on a break; else 0.

    A break is taken at its word. Whoever is only expected may come earlier.
    """
    away = [_on_break_for_s(server) for server in servers if may_call(server)]
    return min(away, default=0.0)


def may_call(server: Server) -> bool:
    """Return whether this doctor calls somebody, now or after a time of return that is known."""
    return server.presence is Presence.ON_DUTY or server.is_coming


def _on_break_for_s(server: Server) -> float:
    return max(server.starts_in_s or 0.0, 0.0) if server.presence is Presence.ON_BREAK else 0.0


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

    Lateness follows Student's t with three degrees of freedom round that mean, with the deviation as its scale, and is
    truncated at what has passed already (moments by integration of the density; Johnson, Kotz & Balakrishnan,
    *Continuous Univariate Distributions* 2, ch. 28). Its tail is that of clinics: twenty mornings with ten minutes of
    delay do not rule out an hour, and whoever is an hour late is not about to appear.
    """
    z = (late_s - mean_s) / deviation_s
    if z > _FAR:
        return deviation_s * z / 2, deviation_s * z * _ROOT_3 / 2
    angle = math.pi / 2 - math.atan(z / _ROOT_3)
    beyond = (angle - _ROOT_3 * z / (3.0 + z * z)) / math.pi
    mean = 3.0 * _ROOT_3 / (math.pi * (3.0 + z * z) * beyond)
    square = 6.0 * angle / (math.pi * beyond) - 3.0
    return max(deviation_s * (mean - z), 0.0), deviation_s * math.sqrt(max(square - mean * mean, 0.01))


class _Turn(NamedTuple):
    """At `at_s` so many calls are made at once, the rate of calls changes, and so does its doubt (rate² × variance)."""

    at_s: float
    calls: float
    rate: float
    start_doubt: float = 0.0


_NEVER = _Turn(_MOST / _TINY, 0.0, 0.0)
_MOMENT = itemgetter(0)


def _turns(server: Server, learned: Learned) -> list[_Turn]:
    turns = _turns_without_end(server, learned)
    if server.stops_in_s is None:
        return turns
    ends_s = server.stops_in_s + learned.overtime_s
    if ends_s <= 0.0:  # the doctor is still there
        return turns
    until = [turn for turn in turns if turn.at_s < ends_s]
    rate, doubt = sum(turn.rate for turn in until), sum(turn.start_doubt for turn in until)
    return [*until, _Turn(ends_s, 0.0, -rate, -doubt)]


def _turns_without_end(server: Server, learned: Learned) -> list[_Turn]:
    consultation = learned.consultation_s(server.doctor, server.running_s)
    rate = 1.0 / learned.cycle_s(consultation)
    rest = None
    if server.running_s is not None:
        rest = residual_s(consultation, learned.variation, server.running_s) + learned.turn_over_s
    if server.presence is Presence.ON_DUTY:
        if rest is not None:
            return [_Turn(0.0, 0.0, 1.0 / rest), _Turn(rest, 0.0, rate - 1.0 / rest)]
        at, deviation = _next_call(server, learned)
        return [_Turn(at, 1.0, rate, (rate * deviation) ** 2)]
    if not server.is_coming:
        return []
    at, deviation = _return(server, learned)
    return [_Turn(max(at, rest or 0.0), 1.0, rate, (rate * deviation) ** 2)]


def _next_call(server: Server, learned: Learned) -> tuple[float, float]:
    """Mean and deviation of the time until a free doctor calls, who has let people wait for a while.

    Beyond a turn-over it is a break that nobody was told of, and the longer it has lasted the longer it will last.
    """
    usual, idle_s = learned.turn_over_s, server.idle_s or 0.0
    if idle_s <= max(PATIENCE * usual, LEAST_PATIENCE_S):
        return 0.0, 0.0
    return rest_of_delay_s(usual, usual, idle_s)


def _return(server: Server, learned: Learned) -> tuple[float, float]:
    """Mean and deviation of the time until a doctor who is away begins."""
    is_break = server.presence is Presence.ON_BREAK
    mean, deviation = learned.return_lateness_s if is_break else learned.lateness_s(server.doctor)
    return rest_of_delay_s(mean, deviation, -(server.starts_in_s or 0.0))


def _beyond(z: float) -> float:
    """The standard normal's upper tail."""
    return 0.5 * math.erfc(z / math.sqrt(2))
