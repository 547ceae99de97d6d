"""A seeded clinic: who comes, how long it takes, who does not turn up, when doctors begin and rest.

The figures are those of an observed out-patient department: three quarters of the day's patients register within two
hours, doctors start an hour after registration opens and late, a consultation takes 146 seconds on average with a long
tail. The same seed always makes the same days.

The small functions (`arrivals`, `consultation_s`, `turn_over_s`, `comes`, …) take a `random.Random`, so that the demo's
traffic can be driven by them on a live server; `simulate` plays whole days by itself and returns them as a log.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from queue_server.progress import report
from queue_server.simulation.queue_logs import EMERGENCY, LogDuty, LogEntry

FIRST_DAY_S = 1_793_577_600.0
HOUR_S = 3_600.0
DAY_S = 86_400.0
PRIORITIES = (("normal", 0.88), ("assisted", 0.10), ("urgent", 0.0175), ("emergency", 0.0025))
LANGUAGES = (("hi", 0.7), ("en", 0.3))
CREDITS_S = {"normal": 0.0, "assisted": 1_200.0, "urgent": 3_600.0, "emergency": math.inf}


@dataclass(frozen=True, slots=True)
class SimulatedDoctor:
    """A doctor and the room; `pace` multiplies every consultation, `late_s` is the mean lateness of the start."""

    name: str
    room: str
    pace: float = 1.0
    late_s: float = 600.0


@dataclass(frozen=True, slots=True)
class SimulatedDepartment:
    """A department of the simulated clinic, and how many patients it expects in a day."""

    code: str
    doctors: tuple[SimulatedDoctor, ...]
    patients: int = 110
    consultation_s: float = 146.0


@dataclass(frozen=True, slots=True)
class Troubles:
    """What goes wrong on each day. Times of day are seconds after midnight; 0 or none: it does not happen.

    So many of the doctors begin `late_s` after they are expected. An emergency joins at each of `emergencies_s`. A
    share of those seen goes to the laboratory and comes back, in front, `lab_s` later. All doctors are away for
    `lunch_s` from `lunch_at_s` on, once the patient who is inside has left, and nobody has said so.
    """

    late_s: float = 0.0
    late_doctors: int = 1
    emergencies_s: tuple[float, ...] = ()
    lab_share: float = 0.0
    lab_s: float = 1_500.0
    lunch_s: float = 0.0
    lunch_at_s: float = 11 * HOUR_S


@dataclass(frozen=True, slots=True)
class ClinicPlan:
    """The habits of a clinic. Times of day are seconds after midnight, shares lie between 0 and 1."""

    departments: tuple[SimulatedDepartment, ...]
    opens_s: float = 8 * HOUR_S
    doctors_after_s: float = HOUR_S
    registers_until_s: float = 13 * HOUR_S
    early_share: float = 0.75
    early_s: float = 2 * HOUR_S
    no_show_share: float = 0.08
    no_show_held_s: float = 60.0
    tail: float = 0.7
    turn_over_s: float = 15.0
    pace_by_day: float = 0.05
    break_after_s: float = 2.5 * HOUR_S
    break_s: float = 900.0
    break_share: float = 0.7
    credits_s: dict[str, float] = field(default_factory=lambda: dict(CREDITS_S))
    troubles: Troubles = field(default_factory=Troubles)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody registers, `at_s` seconds after the opening."""

    at_s: float
    department: str
    priority: str
    language: str


@dataclass(frozen=True, slots=True)
class SimulatedDays:
    """What happened: entries by joining time (in seconds since 1970), and the doctors' stretches of work."""

    entries: list[LogEntry]
    duties: list[LogDuty]


def a_small_clinic() -> ClinicPlan:
    """Return the plan of the tests: one department, two doctors, a mean wait of about an hour."""
    return ClinicPlan(
        (SimulatedDepartment("GEN", (SimulatedDoctor("Doctor 1", "1", 0.9), SimulatedDoctor("Doctor 2", "2", 1.1))),)
    )


def a_clinic() -> ClinicPlan:
    """Return the plan of the demo: three departments, four doctors."""
    general = (SimulatedDoctor("Doctor 1", "1", 0.9), SimulatedDoctor("Doctor 2", "2", 1.1, 1_500.0))
    dental = SimulatedDepartment("DEN", (SimulatedDoctor("Doctor 3", "3"),), 18, 600.0)
    ears = SimulatedDepartment("ENT", (SimulatedDoctor("Doctor 4", "4", 1.0, 300.0),), 40, 220.0)
    return ClinicPlan((SimulatedDepartment("GEN", general), dental, ears))


def arrivals(plan: ClinicPlan, random: Random) -> list[Arrival]:
    """Return one day's arrivals by time: `early_share` of them within `early_s` of the opening."""
    day = []
    for department in plan.departments:
        spread = max(department.patients * 0.1, 1.0)
        for _ in range(max(1, round(random.gauss(department.patients, spread)))):
            early = random.random() < plan.early_share
            start, end = (0.0, plan.early_s) if early else (plan.early_s, plan.registers_until_s - plan.opens_s)
            at = start + (end - start) * (random.betavariate(1.2, 1.3) if early else random.random())
            day.append(Arrival(at, department.code, _one_of(PRIORITIES, random), _one_of(LANGUAGES, random)))
    return sorted(day, key=lambda arrival: arrival.at_s)


def consultation_s(mean_s: float, tail: float, random: Random) -> float:
    """Return one consultation's length in seconds: lognormal with that mean, `tail` the deviation of its logarithm."""
    return max(10.0, random.lognormvariate(math.log(mean_s) - tail * tail / 2, tail))


def turn_over_s(plan: ClinicPlan, random: Random) -> float:
    """Return the seconds that a doctor takes between one patient and calling the next."""
    return 3.0 + random.expovariate(1.0 / plan.turn_over_s)


def comes(plan: ClinicPlan, random: Random) -> bool:
    """Return whether a called patient turns up."""
    return random.random() >= plan.no_show_share


def no_show_held_s(plan: ClinicPlan, random: Random) -> float:
    """Return the seconds for which a doctor waits for somebody who does not come."""
    return plan.no_show_held_s * random.uniform(0.7, 1.5)


def lateness_s(doctor: SimulatedDoctor, random: Random) -> float:
    """Return how late a doctor begins, in seconds (negative: early); long delays are rarer than short ones."""
    return random.gammavariate(2.0, doctor.late_s / 2) - 60.0


def simulate(plan: ClinicPlan, seed: int, days: int = 1, first_day: int = 0) -> SimulatedDays:
    """Play `days` days from the `first_day`-th on. A day depends on the seed and its own number only."""
    entries: list[LogEntry] = []
    duties: list[LogDuty] = []
    for day in range(first_day, first_day + days):
        random = Random(f"{seed}/{day}")  # noqa: S311 - a simulation, not a secret
        crowd = arrivals(plan, random)
        midnight = FIRST_DAY_S + day * DAY_S
        for department in plan.departments:
            clinic_day = _DepartmentDay(plan, department, midnight, f"{day + 1:03d}-{department.code}", random)
            clinic_day.play([arrival for arrival in crowd if arrival.department == department.code])
            entries += clinic_day.entries
            duties += clinic_day.duties
        report(day - first_day + 1, days)
    return SimulatedDays(sorted(entries, key=lambda entry: entry.joined_s), sorted(duties, key=lambda d: d.expected_s))


@dataclass(frozen=True, slots=True)
class _Visit:
    """Somebody who joins: when, with which priority and credit; from the laboratory as `came_from`."""

    name: str
    joined_s: int
    kind: str
    credit_s: float
    came_from: str = ""


@dataclass(slots=True)
class _AtWork:
    """A doctor's day so far: this stretch of work, and when the break is due."""

    doctor: SimulatedDoctor
    expected_s: float
    begins_s: float
    rests_s: float
    has_eaten: bool = False


class _DepartmentDay:
    """One department's day: doctors are taken in the order in which they are next free."""

    def __init__(
        self, plan: ClinicPlan, department: SimulatedDepartment, midnight_s: float, prefix: str, random: Random
    ) -> None:
        self.plan = plan
        self.department = department
        self.prefix = prefix
        self.random = random
        self.opens_s = midnight_s + plan.opens_s
        self.closes_s = midnight_s + plan.registers_until_s
        self.todays_pace = random.lognormvariate(0.0, plan.pace_by_day)
        self.entries: list[LogEntry] = []
        self.duties: list[LogDuty] = []
        self.to_come: list[tuple[float, int, _Visit]] = []

    def play(self, crowd: Sequence[Arrival]) -> None:
        """Let the crowd come and the doctors work until everybody was called."""
        staff = [self._arrive(doctor, number) for number, doctor in enumerate(self.department.doctors)]
        free = [(at_work.begins_s, index) for index, at_work in enumerate(staff)]
        heapq.heapify(free)
        self.to_come = [(visit.joined_s, number, visit) for number, visit in enumerate(self._visits(crowd))]
        heapq.heapify(self.to_come)
        line: list[tuple[float, int, _Visit]] = []
        while free:
            now, index = heapq.heappop(free)
            while self.to_come and self.to_come[0][0] <= now:
                joined, number, visit = heapq.heappop(self.to_come)
                heapq.heappush(line, (joined - visit.credit_s, number, visit))
            if now >= staff[index].rests_s:
                heapq.heappush(free, (self._rest(staff[index], now), index))
            elif self._is_lunch(staff[index], now):
                heapq.heappush(free, (now + self.plan.troubles.lunch_s, index))
            elif line:
                _, _, visit = heapq.heappop(line)
                heapq.heappush(free, (self._serve(visit, staff[index].doctor, now), index))
            elif self.to_come:
                heapq.heappush(free, (self.to_come[0][0] + self.random.uniform(2.0, 10.0), index))
            else:
                self._leave(staff[index], max(now, self.closes_s))

    def _visits(self, crowd: Sequence[Arrival]) -> Iterator[_Visit]:
        midnight = self.opens_s - self.plan.opens_s
        for number, one in enumerate(crowd):
            name = f"{self.prefix}-{number + 1:03d}"
            yield _Visit(name, round(self.opens_s + one.at_s), one.priority, self.plan.credits_s[one.priority])
        for number, at in enumerate(self.plan.troubles.emergencies_s):
            yield _Visit(f"{self.prefix}-E{number + 1}", round(midnight + at), "emergency", math.inf)

    def _is_lunch(self, at_work: _AtWork, now: float) -> bool:
        troubles = self.plan.troubles
        is_due = now >= self.opens_s - self.plan.opens_s + troubles.lunch_at_s
        if not troubles.lunch_s or not is_due or at_work.has_eaten:
            return False
        at_work.has_eaten = True
        return True

    def _arrive(self, doctor: SimulatedDoctor, number: int) -> _AtWork:
        expected = self.opens_s + self.plan.doctors_after_s
        late_s, troubles = lateness_s(doctor, self.random), self.plan.troubles
        if troubles.late_s and number < troubles.late_doctors:
            late_s = troubles.late_s
        begins = round(max(expected + late_s, self.opens_s))
        is_resting = self.random.random() < self.plan.break_share
        rests = begins + self.plan.break_after_s * self.random.uniform(0.7, 1.2) if is_resting else math.inf
        return _AtWork(doctor, expected, begins, rests)

    def _rest(self, at_work: _AtWork, now: float) -> float:
        self._leave(at_work, now)
        length = round(self.plan.break_s / 300 * self.random.choice((0.7, 1.0, 1.3))) * 300
        at_work.rests_s = math.inf
        at_work.expected_s = round(now) + length
        at_work.begins_s = round(max(at_work.expected_s + self.random.gauss(120.0, 240.0), now + 120.0))
        return at_work.begins_s

    def _serve(self, visit: _Visit, doctor: SimulatedDoctor, now: float) -> float:
        called = round(now)
        finished, left = None, None
        if comes(self.plan, self.random):
            mean = self.department.consultation_s * doctor.pace * self.todays_pace
            finished = called + round(consultation_s(mean, self.plan.tail, self.random))
            self._send_to_lab(visit, finished)
        else:
            left = called + round(no_show_held_s(self.plan, self.random))
        stay = LogEntry(visit.name, self.department.code, visit.joined_s, called, finished, left, doctor.room)
        # An emergency goes first by its kind; a credit without end cannot be written down.
        credit_s = 0.0 if visit.kind == EMERGENCY else visit.credit_s
        self.entries.append(replace(stay, credit_s=credit_s, kind=visit.kind, came_from=visit.came_from))
        return (finished or left or called) + turn_over_s(self.plan, self.random)

    def _send_to_lab(self, visit: _Visit, finished_s: float) -> None:
        """Now and then somebody comes back, with the place that was held before."""
        troubles = self.plan.troubles
        if visit.came_from or not troubles.lab_share or self.random.random() >= troubles.lab_share:
            return
        back = round(finished_s + troubles.lab_s * self.random.uniform(0.6, 1.4))
        credit = back - visit.joined_s + (0.0 if visit.kind == "emergency" else visit.credit_s)
        again = _Visit(f"{visit.name}-2", back, visit.kind, credit, "LAB")
        heapq.heappush(self.to_come, (back, len(self.entries) + 10_000, again))

    def _leave(self, at_work: _AtWork, now: float) -> None:
        ends = max(round(now), at_work.begins_s)
        self.duties.append(LogDuty(at_work.doctor.room, at_work.expected_s, at_work.begins_s, ends))


def _one_of(shares: Sequence[tuple[str, float]], random: Random) -> str:
    return random.choices([name for name, _ in shares], [share for _, share in shares])[0]
