"""A telephone queue that never was, made by a seed: many agents in shifts, impatient callers, a hidden second class.

It has what a clinic has not: people who hang up, rooms that come and go without a roster, many of them. So the forecast
is held to mechanics and not to one trade.
"""

from __future__ import annotations

import heapq
import math
from random import Random

from queue_server.simulation.clinic import DAY_S, FIRST_DAY_S, HOUR_S
from queue_server.simulation.queue_logs import LogEntry

AGENTS = 8
OPENS_S, CLOSES_S = 8 * HOUR_S, 20 * HOUR_S
CALLS_AN_HOUR = 150.0
MEAN_S = 170.0
PATIENCE_S = 300.0
PREFERRED_SHARE = 0.3
PREFERRED_CREDIT_S = 90.0


def telephone_days(seed: int, days: int, first_day: int = 0) -> list[LogEntry]:
    """Return the entries of some days by time of joining."""
    entries: list[LogEntry] = []
    for day in range(first_day, first_day + days):
        entries += _day(Random(f"{seed}/{day}"), FIRST_DAY_S + day * DAY_S, f"{day}")
    return sorted(entries, key=lambda entry: entry.joined_s)


def _day(random: Random, midnight: float, name: str) -> list[LogEntry]:
    shifts = [_shift(random, midnight) for _ in range(AGENTS)]
    free = [(shift[0], agent) for agent, shift in enumerate(shifts)]
    heapq.heapify(free)
    callers = _callers(random, midnight)
    line: list[tuple[float, int, int]] = []
    entries, number = [], 0
    while free and (line or callers):
        now, agent = heapq.heappop(free)
        while callers and callers[-1] <= now:
            joined = callers.pop()
            credit = PREFERRED_CREDIT_S if random.random() < PREFERRED_SHARE else 0.0
            heapq.heappush(line, (joined - credit, number, joined))
            number += 1
        if now > shifts[agent][1]:
            continue
        if not line:
            heapq.heappush(free, (float(callers[-1]) if callers else math.inf, agent))
            continue
        _, caller, joined = heapq.heappop(line)
        patience = round(random.expovariate(1 / PATIENCE_S))
        called = round(now)
        if joined + patience < called:
            entries.append(LogEntry(f"{name}-{caller}", "calls", joined, left_s=joined + patience))
            heapq.heappush(free, (now, agent))
            continue
        finished = called + max(1, round(random.lognormvariate(math.log(MEAN_S) - 0.4, 0.9)))
        entries.append(LogEntry(f"{name}-{caller}", "calls", joined, called, finished, room=f"AGENT {agent}"))
        rest = random.uniform(600, 1_500) if random.random() < 0.03 else random.uniform(1, 10)
        heapq.heappush(free, (finished + rest, agent))
    return entries


def _shift(random: Random, midnight: float) -> tuple[float, float]:
    start = midnight + OPENS_S + random.choice((0.0, 0.0, 0.0, 2.0, 4.0)) * HOUR_S
    return start, start + 8 * HOUR_S


def _callers(random: Random, midnight: float) -> list[int]:
    """Times of calls, latest first; busier and quieter by the hour and by the day."""
    at, busy, callers = midnight + OPENS_S, random.uniform(0.85, 1.1), []
    while at < midnight + CLOSES_S - HOUR_S:
        hour = (at - midnight) / HOUR_S
        rate = CALLS_AN_HOUR * busy * (1.0 + 0.35 * math.sin((hour - 7) * math.pi / 6))
        at += random.expovariate(rate / HOUR_S)
        callers.append(round(at))
    return callers[::-1]
