"""A number without the server: judged, written down, printed."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kiosk.keeper import slips
from kiosk.keeper.database import Database, Kept, New, hashed
from kiosk.keeper.facts import DEPARTMENT_CLOSED, Department, Facts, number
from kiosk.keeper.sealing import seal
from kiosk.keeper.timekeeping import Clock, moment
from kiosk.printing import Outcome

logger = logging.getLogger(__name__)

#: Ids of own print jobs, for the page; the server's are far below.
FIRST_JOB = 10**15
#: The touch screen waits for a press no longer than this; then nobody stands there.
PATIENCE_S = 100.0
#: A printer that is slower keeps nobody from the number on the screen.
TOLD_AFTER_S = 8.0
#: What became of a slip that went to the printer before this process began.
UNCONFIRMED = "unconfirmed"


class Refused(Exception):
    """There is no number, with the reason as the page knows it: `code`, and HTTP status."""

    def __init__(self, code: str, status: int = 409) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Order:
    """What a press asks for."""

    department: str
    language: str
    is_assisted: bool

    @classmethod
    def from_json(cls, sent: Any) -> "Order":
        """Raises `Refused` for what is no order."""
        match sent:
            case {"department": str(department)}:
                is_assisted = sent.get("priority") == "assisted"
                return cls(department, str(sent.get("language", "en"))[:8], is_assisted)
        raise Refused("bad_input", 422)


class Printer(Protocol):
    """Prints a slip's document once for each id."""

    async def print_here(self, job_id: str, slip: object) -> Outcome: ...

    def was_begun(self, job_id: str) -> bool: ...


class Issuing:
    """`changed` hears whenever a number was given out or its slip has another state."""

    def __init__(
        self, database: Database, printer: Printer, clock: Clock, changed: Callable[[], Awaitable[None]]
    ) -> None:
        self._database = database
        self._printer = printer
        self._clock = clock
        self._changed = changed
        self._lock = asyncio.Lock()
        self._printing: dict[int, asyncio.Task[None]] = {}
        self._began_s = clock.elapsed_s()
        self.facts: Facts | None = None

    async def find(self, press_key: str) -> Kept | None:
        """The number that this press was given here before."""
        return await asyncio.to_thread(self._database.find, hashed(press_key))

    async def give(self, press_key: str, order: Order, *, is_doubtful: bool) -> dict[str, Any]:
        """The number of this press, which is on the disk; its slip is being printed. The same press gets the same.

        `is_doubtful`: the press was sent to the server, which may have got it. Raises `Refused`.
        """
        async with self._lock:
            kept = await self.find(press_key)
            if kept is None:
                kept = await asyncio.to_thread(self._written, press_key, order, is_doubtful)
            elif kept.is_withdrawn or (kept.department != order.department):
                raise Refused("conflict")
            if kept.printed is None and kept.sequence not in self._printing:
                self._printing[kept.sequence] = asyncio.create_task(self._print(kept, press_key, order))
        await self._printed_or_noted(kept)
        return self._answer(kept, press_key)

    async def abandon(self, kept: Kept) -> str:
        """Nobody waits for this number any more: `cancelled` if nobody can know it, else it `stands`."""
        async with self._lock:
            is_begun = kept.sequence in self._printing or self._printer.was_begun(self._job(kept.sequence))
            if kept.printed is not None or is_begun:
                return "cancelled" if kept.is_withdrawn else "stands"
            await asyncio.to_thread(self._database.withdraw, kept.sequence)
        return "cancelled"

    async def settle_old(self) -> None:
        """Numbers whose press nobody repeats any more are withdrawn, or unconfirmed where their slip had begun."""
        async with self._lock:
            for kept in await asyncio.to_thread(self._database.unsettled):
                if kept.sequence in self._printing or not self._is_old(kept):
                    continue
                if self._printer.was_begun(self._job(kept.sequence)):
                    await asyncio.to_thread(self._database.set_printed, kept.sequence, UNCONFIRMED)
                else:
                    await asyncio.to_thread(self._database.withdraw, kept.sequence)

    async def finish(self) -> None:
        """What is at the printer has come out, and that is remembered."""
        await asyncio.gather(*self._printing.values(), return_exceptions=True)

    async def _printed_or_noted(self, kept: Kept) -> None:
        """Whoever is told the number has its slip, or it is noted that somebody may know it.

        Until then the page asks again, so a number whose keeper died meanwhile is printed after all.
        """
        printing = self._printing.get(kept.sequence)
        if printing is None:
            return
        await asyncio.wait({printing}, timeout=TOLD_AFTER_S)
        if not printing.done():
            await asyncio.to_thread(self._database.set_printed, kept.sequence, UNCONFIRMED)
            await self._changed()

    def _is_old(self, kept: Kept) -> bool:
        elapsed_s = self._clock.elapsed_s()
        is_this_boot = kept.moment.boot == self._clock.boot()
        return elapsed_s - (kept.moment.elapsed_s if is_this_boot else self._began_s) > PATIENCE_S

    def _written(self, press_key: str, order: Order, is_doubtful: bool) -> Kept:
        facts, database = self.facts, self._database
        if facts is None:
            raise Refused("unavailable", 503)
        department = facts.departments.get(order.department)
        if department is None:
            raise Refused(DEPARTMENT_CLOSED)
        now = moment(self._clock, database.anchor, database.newest_at())
        day = facts.day_at(now.at)
        opening = department.opening(now.at, self.given(department, day), facts.told_until)
        if not opening.is_open:
            raise Refused(opening.code)
        content = self._content(facts, press_key, order)

        def written(counter: int) -> tuple[str, str]:
            given = number(department.prefix, facts.series, counter)
            return given, seal(content, given, facts.seal)

        least = department.highest.get(day, 0) + 1
        return database.add(hashed(press_key), department.code, day, least, New(now, is_doubtful, written))

    def given(self, department: Department, day: str) -> int:
        """How many of the day's numbers are known to be given out, by the server and here."""
        is_told = self.facts is not None and self.facts.today == day
        return self._database.count_given(department.code, day) + (department.issued if is_told else 0)

    def _content(self, facts: Facts, press_key: str, order: Order) -> bytes:
        fields = {
            "press": press_key,
            "link": slips.link(press_key),
            "language": slips.language_of(facts, order.language),
            "priority": "assisted" if order.is_assisted else "normal",
        }
        return json.dumps(fields).encode()

    async def _print(self, kept: Kept, press_key: str, order: Order) -> None:
        """Somebody waits for the slip. One that an earlier process had begun may be on paper: the next is a copy."""
        try:
            job, is_second = self._job(kept.sequence), False
            if self._printer.was_begun(job):
                job, is_second = f"{job}-2", True
            slip = self._slip(kept, press_key, order, is_second=is_second)
            outcome = await self._printer.print_here(job, slip)
            await asyncio.to_thread(self._database.set_printed, kept.sequence, str(outcome.state))
        except Exception:
            logger.exception("The slip of %s could not be printed.", kept.number)
            await asyncio.to_thread(self._database.set_printed, kept.sequence, UNCONFIRMED)
        finally:
            self._printing.pop(kept.sequence, None)
        await self._changed()

    def _slip(self, kept: Kept, press_key: str, order: Order, *, is_second: bool) -> Mapping[str, Any]:
        facts = self.facts
        assert facts is not None  # noqa: S101  (the number was made with them)
        return slips.document(
            facts,
            facts.departments[kept.department],
            kept.number,
            slips.link(press_key),
            kept.moment.at,
            language=slips.language_of(facts, order.language),
            is_assisted=order.is_assisted,
            is_second=is_second,
        )

    def _job(self, sequence: int) -> str:
        return f"kept-{self._database.store[:8]}-{sequence}"

    def _answer(self, kept: Kept, press_key: str) -> dict[str, Any]:
        """As the server answers a press, without what nobody knows."""
        key = slips.link(press_key)
        return {
            "id": 0,
            "number": kept.number,
            "department": kept.department,
            "state": "waiting",
            "ahead": None,
            "wait": None,
            "away": None,
            "status_url": f"/t/{key}",
            "qr": f"/t/{key}/qr.svg",
            "print_job": FIRST_JOB + kept.sequence,
            "is_kept": True,
        }
