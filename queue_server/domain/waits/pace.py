"""What a department has learned about its own pace, and how it goes on learning.

Everything here is a pure update: a frozen `Learned` goes in, a new one comes out, in constant time. Nothing is
kept of single patients; a department's memory is a few dozen numbers for one JSON column (`to_dict`, `from_dict`).

Three habits run through the page.

* **Shrinkage.** Few observations are pulled towards more general knowledge: the last consultations of a doctor towards
  the doctor's history, that towards the department's, that towards the configured pace. The estimate is the posterior
  mean (n·x̄ + k·prior) / (n + k) of a conjugate (gamma–exponential) model, with k "pseudo-observations" of the prior
  (Bühlmann credibility; Gelman et al., *Bayesian Data Analysis*, §2.6).
* **Forgetting.** Older observations lose weight by a constant factor with each new one (exponential smoothing).
* **Today.** A day has a pace of its own. How much today differs is the mean of the latest consultations by the usual
  length of each; it is believed as far as days have been seen to differ (the variance between days, less what chance
  makes of so few consultations), and further where today's difference is too large for chance: an empirical Bayes
  estimate (Efron & Morris 1973; Robbins 1956). Small differences, which are mostly chance, cost nothing so, nor does
  what the first few consultations say; half of a large one is believed after ten. What is not believed yet, or only
  just, widens the ranges, and so does a surprise on the last days. Where
  days were seen to go on as the day before, a morning begins with what is expected to be left of yesterday's pace.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Correction, Wait

CONFIGURED_CONSULTATION_S = 146.0
CONFIGURED_TURN_OVER_S = 30.0
CONFIGURED_NO_SHOW_S = 60.0
RECENT = 20
LONG = 400
TODAY = 10
TODAY_OF_ALL = 40
SHRINK_DOCTOR = 15.0
SHRINK_DEPARTMENT = 10.0
LONGEST_BY_MEAN = 8.0
RUNNING_COUNTS = 80.0
DAILY_DOUBT = 0.05
DAYS = 40
LATELY = 2
SHRINK_DAYS = 2.0
#: A difference counts as more than chance by what its square exceeds this many times the variance.
CHANCE = 3.0
#: So many consultations are not enough to be surprised by.
EARLY = 3.0
ENOUGH = 10.0
LEAST_RATIO = 0.2
#: One consultation says no more about today than this: somebody forgot to press the key.
LARGEST_RATIO = 4.0


@dataclass(frozen=True, slots=True)
class DecayingMean:
    """A mean and a spread whose older values lose weight.

    `weight` is the number of observations that still count, `mean` and `square` the means of value and squared value.
    """

    weight: float = 0.0
    mean: float = 0.0
    square: float = 0.0

    def add(self, value: float, last: int) -> DecayingMean:
        """Return the memory with `value` in it and about the `last` latest values counting."""
        kept = self.weight * (1.0 - 1.0 / last)
        weight = kept + 1.0
        mean = self.mean + (value - self.mean) / weight
        square = self.square + (value * value - self.square) / weight
        return DecayingMean(weight, mean, square)

    def towards(self, prior: float, strength: float) -> float:
        """Return the mean shrunk towards `prior`, which counts as `strength` observations."""
        return (self.weight * self.mean + strength * prior) / (self.weight + strength)

    def variance_towards(self, mean: float, variance: float, strength: float) -> float:
        """Return the variance, shrunk towards a prior of that mean and variance worth `strength` observations."""
        square = self.towards_square(variance + mean * mean, strength)
        centre = self.towards(mean, strength)
        return max(square - centre * centre, 0.0)

    def towards_square(self, prior: float, strength: float) -> float:
        """Return the mean square shrunk towards `prior`, which counts as `strength` observations."""
        return (self.weight * self.square + strength * prior) / (self.weight + strength)


@dataclass(frozen=True, slots=True)
class DoctorPace:
    """One doctor: today's consultations by their usual length, all of them in seconds, and how late the day starts."""

    today: DecayingMean = DecayingMean()
    long: DecayingMean = DecayingMean()
    lateness: DecayingMean = DecayingMean()


#: A doctor who was never seen at work.
UNSEEN = DoctorPace()


@dataclass(frozen=True)
class Learned:
    """Everything that one department has learned. A new one knows only the configured pace.

    `consultation` holds durations from call to finish of those who came, in seconds; `turn_over` the seconds from one
    finish to the next call while somebody waited; `attendance` 1 for each who came and 0 for each no-show; `no_show`
    the seconds for which a no-show kept the room; `lateness` the seconds from a doctor's expected to the real start
    (negative: early), `returning` the same for returns from breaks, `leaving` for ends of duties; `today` today's
    consultations by the usual length of each; `days` how far the logarithm of the mean of that was from what was to be
    expected on each day, squared, less what is chance, and `lately` by how much that was too far for chance on the last
    days; `yesterday` that logarithm on the last day, `products` and `squares` its products with the day before and the
    squares of the latter;
    `left` counts those who left unserved,
    `waiting_s` the seconds that people waited in all.
    """

    configured_s: float = CONFIGURED_CONSULTATION_S
    configured_turn_over_s: float = CONFIGURED_TURN_OVER_S
    consultation: DecayingMean = DecayingMean()
    turn_over: DecayingMean = DecayingMean()
    attendance: DecayingMean = DecayingMean()
    no_show: DecayingMean = DecayingMean()
    lateness: DecayingMean = DecayingMean()
    today: DecayingMean = DecayingMean()
    days: DecayingMean = DecayingMean()
    lately: DecayingMean = DecayingMean()
    yesterday: float = 0.0
    products: DecayingMean = DecayingMean()
    squares: DecayingMean = DecayingMean()
    left: float = 0.0
    waiting_s: float = 0.0
    returning: DecayingMean = DecayingMean()
    leaving: DecayingMean = DecayingMean()
    doctors: Mapping[str, DoctorPace] = field(default_factory=dict)
    correction: Correction = field(default_factory=Correction)

    @cached_property
    def department_consultation_s(self) -> float:
        """The department's mean consultation, in seconds."""
        return self.consultation.towards(self.configured_s, SHRINK_DEPARTMENT)

    @cached_property
    def variation(self) -> float:
        """The squared coefficient of variation of a consultation: 1 for an exponential, 0 for a clockwork."""
        mean = self.department_consultation_s
        variance = self.consultation.variance_towards(self.configured_s, 0.6 * self.configured_s**2, SHRINK_DEPARTMENT)
        return min(max(variance / (mean * mean), 0.05), 4.0)

    @cached_property
    def turn_over_s(self) -> float:
        """The mean time between two patients of one room while somebody waits, in seconds."""
        return self.turn_over.towards(self.configured_turn_over_s, SHRINK_DEPARTMENT)

    @cached_property
    def no_show_share(self) -> float:
        """The share of called patients who do not come, from 0 to 1; 5 % until it is known better."""
        return 1.0 - self.attendance.towards(0.95, 2 * SHRINK_DEPARTMENT)

    @cached_property
    def leaving_rate(self) -> float:
        """How many people leave a waiting line unserved, per person and second of waiting."""
        return self.left / (self.waiting_s + 3_600.0)

    @cached_property
    def overhead_s(self) -> float:
        """What one call costs besides the consultation, in seconds: the turn-over, and now and then a no-show."""
        return self.turn_over_s + self.no_show_share * self.no_show.towards(CONFIGURED_NO_SHOW_S, SHRINK_DEPARTMENT)

    @cached_property
    def between_days(self) -> float:
        """The variance of a day's pace, as a logarithm: the usual one, or what the last days were beyond it."""
        return max(self.usually_between_days, self.lately.towards(0.0, 1.0))

    @cached_property
    def usually_between_days(self) -> float:
        """The same over many days, whatever the last ones were like."""
        return max(self.days.towards(DAILY_DOUBT**2, SHRINK_DAYS), 0.0)

    @cached_property
    def pace_doubt(self) -> float:
        """The relative deviation of the pace itself: it differs by day, and is known from few consultations."""
        seen = self.consultation.weight + SHRINK_DEPARTMENT
        return math.sqrt(self._todays_variance) + 0.5 * math.sqrt(self.variation / seen)

    def usual_s(self, doctor: str) -> float:
        """The mean consultation of this doctor on any day, in seconds, shrunk towards the department's."""
        pace = self.doctors.get(doctor, UNSEEN)
        return pace.long.towards(self.department_consultation_s, SHRINK_DOCTOR)

    def today_s(self, doctor: str) -> float:
        """How much longer this doctor's consultations take today than is usual, as a factor: from all doctors' latest
        consultations, and beyond that from this doctor's own."""
        pace = self.doctors.get(doctor, UNSEEN)
        return math.exp(self._believed(pace.today, self._todays_logarithm))

    def todays_pace(self, doctors: Sequence[str]) -> float:
        """The mean of that over these doctors; 1 for none."""
        return math.fsum(self.today_s(doctor) for doctor in doctors) / len(doctors) if doctors else 1.0

    @cached_property
    def _todays_logarithm(self) -> float:
        return self._believed(self.today, self.carried)

    @cached_property
    def carried(self) -> float:
        """What of yesterday's difference is to be expected today, as a logarithm; 0 until days were seen to go on so.

        The slope of a day's difference on that of the day before (Yule & Walker), shrunk towards none.
        """
        alike = self.products.weight * self.products.mean
        square = self.squares.weight * self.squares.mean + SHRINK_DAYS * DAILY_DOUBT**2
        return self.yesterday * min(max(alike / square, 0.0), 1.0)

    def _believed(self, today: DecayingMean, prior: float) -> float:
        """The logarithm of today's factor, from the ratios of `today` and what was to be expected."""
        if not today.weight:
            return prior
        difference = self._logarithm(today) - prior
        between, chance = self._variances(today, difference)
        return prior + difference * between / (between + chance)

    def _variances(self, today: DecayingMean, difference: float) -> tuple[float, float]:
        """How much days differ, seen with this difference, and how much is chance in so few consultations."""
        chance = math.log1p(self.variation / today.weight)
        usual = CHANCE * chance * (1.0 + EARLY / today.weight)
        return max(self.between_days, difference * difference - usual), chance

    def _logarithm(self, today: DecayingMean) -> float:
        """That of the day's factor, less what the mean of a few skewed lengths is mostly too low by."""
        return math.log(max(today.mean, LEAST_RATIO)) + math.log1p(self.variation / today.weight) / 2

    @property
    def _todays_variance(self) -> float:
        """What remains unknown of today's factor, as the variance of its logarithm."""
        if not self.today.weight:
            return self.between_days
        between, chance = self._variances(self.today, self._logarithm(self.today) - self.carried)
        return between * chance / (between + chance)

    def consultation_s(self, doctor: str, running_s: float | None = None) -> float:
        """The mean consultation of this doctor today, in seconds.

        A consultation that is running counts as a censored observation: where it has run longer than the mean, it is
        one more of at least that length. (Total time on test, Epstein & Sobel 1953, for the part beyond the mean only:
        shorter ones tell nothing of a distribution with a long tail.)
        """
        mean = self.usual_s(doctor) * self.today_s(doctor)
        beyond = min(max((running_s or 0.0) - mean, 0.0), LONGEST_BY_MEAN * mean)
        return mean + beyond / RUNNING_COUNTS

    def cycle_s(self, consultation_s: float) -> float:
        """The mean time from one call of a room to its next while somebody waits, no-shows included, in seconds."""
        return (1.0 - self.no_show_share) * consultation_s + self.overhead_s

    @cached_property
    def emergency_s(self) -> float:
        """How long one more patient keeps a room, in seconds: a cycle, or a consultation with its turn-over if less."""
        consultation = self.department_consultation_s
        return min(self.cycle_s(consultation), consultation + self.turn_over_s)

    def lateness_s(self, doctor: str) -> tuple[float, float]:
        """Mean and deviation of how late this doctor starts, in seconds; 10 ± 10 minutes until known better."""
        mean = self.lateness.towards(600.0, 2.0)
        variance = self.lateness.variance_towards(600.0, 600.0**2, 2.0)
        own = self.doctors.get(doctor, UNSEEN).lateness
        own_variance = own.variance_towards(mean, variance, 4.0)
        return own.towards(mean, 4.0), math.sqrt(max(own_variance, 60.0**2))

    @property
    def return_lateness_s(self) -> tuple[float, float]:
        """Mean and standard deviation of how late doctors return from breaks, in seconds; 2 ± 5 minutes at first."""
        variance = self.returning.variance_towards(120.0, 300.0**2, 4.0)
        return self.returning.towards(120.0, 4.0), math.sqrt(max(variance, 60.0**2))

    @cached_property
    def overtime_s(self) -> float:
        """How much later than planned doctors end their duty (negative: earlier), in seconds; 0 until known better."""
        return self.leaving.towards(0.0, 2.0)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values from which `from_dict` makes an equal `Learned`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Learned:
        """Return what `to_dict` wrote down. Raises KeyError or TypeError for something else."""
        doctors = {name: DoctorPace(**_memories(DoctorPace, pace)) for name, pace in kept["doctors"].items()}
        made: dict[str, Any] = {"doctors": doctors, "correction": Correction.from_dict(kept["correction"])}
        return cls(**{**kept, **_memories(cls, kept), **made})


def _memories(made: type[DoctorPace | Learned], kept: Mapping[str, Any]) -> dict[str, DecayingMean]:
    """The memories that are kept, by name; an earlier build kept others, and lacked some, which begin empty."""
    names = [one.name for one in fields(made) if one.default == DecayingMean()]
    return {name: DecayingMean(**kept[name]) for name in names if name in kept}


def learn_day(learned: Learned) -> Learned:
    """Return what is known when another day begins: how much yesterday differed, and nothing of today's pace."""
    yesterday = learned.today
    days = learned.days
    if yesterday.weight >= ENOUGH:
        difference = math.log(max(yesterday.mean, LEAST_RATIO))
        surprise = difference - learned.carried
        squared, chance = surprise * surprise, learned.variation / yesterday.weight
        days = days.add(squared - chance, DAYS)
        beyond = max(squared - CHANCE * (chance + learned.usually_between_days), 0.0)
        learned = replace(
            learned,
            lately=learned.lately.add(beyond, LATELY),
            yesterday=difference,
            products=learned.products.add(learned.yesterday * difference, DAYS),
            squares=learned.squares.add(learned.yesterday**2, DAYS),
        )
    doctors = {name: replace(pace, today=DecayingMean()) for name, pace in learned.doctors.items()}
    return replace(learned, days=days, today=DecayingMean(), doctors=doctors)


def learn_consultation(learned: Learned, doctor: str, duration_s: float) -> Learned:
    """Return what is known after a patient who came was finished, `duration_s` seconds after the call.

    One of more than eight times the mean is counted as eight times: somebody forgot to press the key.
    """
    usual = learned.usual_s(doctor)
    counted = min(max(duration_s, 0.0), LONGEST_BY_MEAN * usual)
    pace = learned.doctors.get(doctor, UNSEEN)
    ratio = min(counted / usual, LARGEST_RATIO)
    pace = replace(pace, today=pace.today.add(ratio, TODAY), long=pace.long.add(counted, LONG))
    return replace(
        learned,
        consultation=learned.consultation.add(counted, LONG),
        attendance=learned.attendance.add(1.0, LONG),
        today=learned.today.add(ratio, TODAY_OF_ALL),
        doctors={**learned.doctors, doctor: pace},
    )


def learn_no_show(learned: Learned, held_s: float) -> Learned:
    """Return what is known after a called patient did not come and kept the room for `held_s` seconds."""
    counted = min(max(held_s, 0.0), 1_800.0)
    return replace(learned, attendance=learned.attendance.add(0.0, LONG), no_show=learned.no_show.add(counted, RECENT))


def learn_turn_over(learned: Learned, gap_s: float) -> Learned:
    """Return what is known after a room called again `gap_s` seconds after a finish, though somebody waited all along.

    A gap of more than ten minutes is a break, not a turn-over, and teaches nothing.
    """
    if gap_s > 600.0:
        return learned
    return replace(learned, turn_over=learned.turn_over.add(max(gap_s, 0.0), LONG))


def learn_start(learned: Learned, doctor: str, late_s: float) -> Learned:
    """Return what is known after this doctor began `late_s` seconds after the expected time (negative: early)."""
    counted = min(max(late_s, -7_200.0), 14_400.0)
    pace = learned.doctors.get(doctor, UNSEEN)
    pace = replace(pace, lateness=pace.lateness.add(counted, RECENT))
    return replace(
        learned, lateness=learned.lateness.add(counted, 2 * RECENT), doctors={**learned.doctors, doctor: pace}
    )


def learn_return(learned: Learned, doctor: str, late_s: float) -> Learned:
    """Return what is known after this doctor came back from a break `late_s` seconds after the time named."""
    counted = min(max(late_s, -3_600.0), 7_200.0)
    return replace(learned, returning=learned.returning.add(counted, 2 * RECENT))


def learn_end_of_duty(learned: Learned, late_s: float) -> Learned:
    """Return what is known after a doctor left `late_s` seconds after the planned end (negative: before it)."""
    counted = min(max(late_s, -7_200.0), 14_400.0)
    return replace(learned, leaving=learned.leaving.add(counted, 2 * RECENT))


def learn_end_of_wait(learned: Learned, waited_s: float, *, has_left: bool) -> Learned:
    """Return what is known after somebody stopped waiting, called or (`has_left`) gone unserved.

    The rate of leaving is the censored exponential's estimate, events ÷ time at risk (Epstein & Sobel 1953).
    """
    kept = 1.0 - 1.0 / (5 * LONG)
    return replace(
        learned,
        left=learned.left * kept + (1.0 if has_left else 0.0),
        waiting_s=learned.waiting_s * kept + max(waited_s, 0.0),
    )


def learn_wait(learned: Learned, clues: Clues, waited_s: float, promised: Wait | None = None) -> Learned:
    """Return what is known after the wait that was `promised` from `clues` came out as `waited_s` seconds."""
    return replace(learned, correction=learned.correction.after(clues, waited_s, promised))
