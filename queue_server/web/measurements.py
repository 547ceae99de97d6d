"""The server's figures for Prometheus: what this process has measured, and how the clinic stands when it is asked."""

from __future__ import annotations

import asyncio
from collections import Counter as Counts
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from queue_server.services.analytics.gauges import GaugeValues

#: The routes that call a patient.
CALLS = frozenset({"/doctor/{room}/next", "/doctor/{room}/call", "/api/v1/rooms/{room}/call-next"})

_LAG_EVERY_S = 0.25
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process. Each application has its own, so that tests do not share them."""

    def __init__(self) -> None:
        self.registry = made = CollectorRegistry()
        route, place = ["method", "route", "status"], ["department"]
        self._requests = Histogram(
            "smart_queue_request_seconds", "Requests by route.", route, registry=made, buckets=_SECONDS
        )
        self._calls = Histogram(
            "smart_queue_call_seconds", "From a call's request to its answer.", registry=made, buckets=_SECONDS
        )
        self._lag = Histogram(
            "smart_queue_loop_lag_seconds", "How late the event loop wakes up.", registry=made, buckets=_SECONDS
        )
        self._crashes = Counter("smart_queue_crashes", "Requests that met a fault of the program.", registry=made)
        self._waiting = Gauge("smart_queue_waiting", "Patients who wait.", place, registry=made)
        self._present = Gauge("smart_queue_in_rooms", "Patients who are called or served.", place, registry=made)
        self._error = Gauge(
            "smart_queue_estimate_error_seconds",
            "Mean distance of the promised wait from the real one, for calls of the last hour.",
            place,
            registry=made,
        )
        self._within = Gauge(
            "smart_queue_estimate_within_range_ratio", "Share of those waits inside the range.", place, registry=made
        )
        self._sockets = Gauge("smart_queue_sockets", "Open live lines.", ["kind"], registry=made)
        self._printers = Gauge("smart_queue_printers", "Print agents by state.", ["state"], registry=made)
        self._messages = Gauge(
            "smart_queue_outbox_messages", "Messages of a day by state.", ["channel", "state"], registry=made
        )
        self._webhooks = Gauge("smart_queue_webhooks", "Webhooks by state.", ["state"], registry=made)
        self._clock = Gauge("smart_queue_clock_wrong", "1 while the clock is behind the journal.", registry=made)
        # Finding the figure by its labels costs more than counting; there are some hundred, which are never cleared.
        self._request = lru_cache(maxsize=None)(self._requests.labels)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._request(method, route, status).observe(seconds)
        if route in CALLS and status < 300:
            self._calls.observe(seconds)

    def crashed(self) -> None:
        """A request met a fault of the program."""
        self._crashes.inc()

    @asynccontextmanager
    async def watching_the_loop(self) -> AsyncIterator[None]:
        """Inside, it is measured how late the event loop wakes up."""
        task = asyncio.create_task(self._watch(), name="loop lag")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def text(self, figures: GaugeValues, sockets: Mapping[str, int]) -> bytes:
        """Everything in Prometheus's words."""
        for labelled in (self._waiting, self._present, self._error, self._within, self._sockets, self._printers):
            labelled.clear()
        self._messages.clear()
        self._webhooks.clear()
        for code, waiting, present in figures.queues:
            self._waiting.labels(code).set(waiting)
            self._present.labels(code).set(present)
        for code, error_s, within in figures.estimates:
            self._error.labels(code).set(error_s)
            self._within.labels(code).set(within)
        for kind, count in sockets.items():
            self._sockets.labels(kind).set(count)
        for state, count in Counts(figures.printers).items():
            self._printers.labels(state).set(count)
        for (channel, state), count in figures.messages.items():
            self._messages.labels(channel, state).set(count)
        for state, count in Counts(figures.webhooks).items():
            self._webhooks.labels(state).set(count)
        self._clock.set(figures.is_clock_wrong)
        return generate_latest(self.registry)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LAG_EVERY_S
            await asyncio.sleep(_LAG_EVERY_S)
            self._lag.observe(max(0.0, loop.time() - due))
