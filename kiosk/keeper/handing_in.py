"""Giving the server what was given out without it."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

from kiosk.keeper.database import Database, Kept
from kiosk.keeper.timekeeping import STEP, Anchor, Clock, anchored, put_right
from kiosk.keeper.upstream import Unanswered, Upstream

#: So many numbers at once; the server takes no more.
MOST = 50
#: What was handed in is remembered so long: whoever presses again after a lost answer gets the same number.
REMEMBERED = timedelta(days=3)


class HandingIn:
    """Hands in, in order, until nothing waits. What the server did not confirm is handed in again; it takes it once."""

    def __init__(self, database: Database, upstream: Upstream, clock: Clock) -> None:
        self._database = database
        self._upstream = upstream
        self._clock = clock

    async def hello(self) -> dict[str, Any]:
        """What the server says of the clinic; the difference of the clocks is noted. Raises `Unanswered`."""
        asked_s = self._clock.elapsed_s()
        answer = await self._upstream.send("/kiosk/keeper", await self._greeting())
        await asyncio.to_thread(self._database.keep_anchor, anchored(self._clock, _moment(answer), asked_s))
        return answer

    async def everything(self, today: str) -> int:
        """Nothing waits any more that can be handed in; returns how many numbers were. Raises `Unanswered`."""
        count = 0
        while numbers := await asyncio.to_thread(self._database.waiting, MOST):
            anchor = await asyncio.to_thread(lambda: self._database.anchor)
            document = {**await self._greeting(), "numbers": _in_order(numbers, anchor)}
            answer = await self._upstream.send("/kiosk/keeper/numbers", document)
            taken = [one for one in answer.get("taken", []) if isinstance(one, int)]
            if not taken:
                raise Unanswered(may_have_arrived=True)
            await asyncio.to_thread(self._database.handed_in, taken)
            count += len(taken)
        if count:
            await self._upstream.send("/kiosk/keeper", await self._greeting())
            before = (date.fromisoformat(today) - REMEMBERED).isoformat()
            await asyncio.to_thread(self._database.forget_before, before)
        return count

    async def _greeting(self) -> dict[str, Any]:
        anchor = await asyncio.to_thread(lambda: self._database.anchor)
        waiting = await asyncio.to_thread(self._database.count_waiting)
        off_s = round(anchor.off_s) if anchor else None
        return {"store": self._database.store, "waiting": waiting, "clock_off_s": off_s}


def _in_order(numbers: list[Kept], anchor: Anchor | None) -> list[dict[str, Any]]:
    """The numbers as the server takes them, each later than the one before, also where a time was put right."""
    written: list[dict[str, Any]] = []
    newest = None
    for kept in numbers:
        moment = put_right(kept.moment, anchor)
        at = moment.at if newest is None else max(moment.at, newest + STEP)
        newest = at
        written.append(
            {
                "sequence": kept.sequence,
                "number": kept.number,
                "department": kept.department,
                "day": kept.day,
                "issued_at": at.isoformat(),
                "is_estimated": moment.is_estimated,
                "printed": kept.printed,
                "is_withdrawn": kept.is_withdrawn,
                "is_doubtful": kept.is_doubtful,
                "sealed": kept.sealed,
            }
        )
    return written


def _moment(answer: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(answer["now"])
    except (KeyError, ValueError, TypeError):
        raise Unanswered(may_have_arrived=True) from None
