"""Who keeps the clinic busy: kiosks, a desk, doctors, and people without any right."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from queue_server.domain.queue.tokens import Action
from tests.chaos.history.asking import Asker, ask
from tests.chaos.history.recorded import Answer, Deed, SlipSeen
from tests.waiting import take_time

#: Kiosks press more slowly while so many wait in a department.
CROWD = 25
#: The room of each doctor, and the department where it is.
ROOMS = {"1": "GEN", "2": "GEN", "3": "DEN", "4": "ENT"}
DEPARTMENTS = ("GEN", "DEN", "ENT")
#: What a doctor does with whoever is in the room, besides calling the next one; and how often.
WITH_THE_PATIENT = {
    Action.START: 30,
    Action.RECALL: 10,
    Action.ATTEND: 10,
    Action.MISS: 12,
    Action.HOLD: 8,
    Action.TRANSFER: 10,
    Action.REQUEUE: 4,
    Action.CANCEL: 3,
    Action.UNDO: 13,
}

#: What a doctor tries on any token by its number, allowed or not. A call is none: the next one is called.
ON_ANY_TOKEN = (Action.RESUME, *(action for action in WITH_THE_PATIENT if action is not Action.UNDO))


@dataclass
class Day:
    """What everybody knows: whether the day is over, and tokens that were given out lately."""

    is_evening: asyncio.Event = field(default_factory=asyncio.Event)
    lately: list[int] = field(default_factory=list)
    ahead: dict[str, int] = field(default_factory=dict)
    links: list[tuple[int, str]] = field(default_factory=list)

    def note(self, token: int, ahead: int | None, department: str, link: str) -> None:
        """One more token was given out."""
        self.lately = [*self.lately[-60:], token]
        self.ahead[department] = ahead or 0
        self.links = [*self.links[-200:], (token, link.rpartition("/")[2])]


async def press_all_day(kiosk: Asker, day: Day) -> None:
    """A kiosk: press after press."""
    while not day.is_evening.is_set():
        department = kiosk.random.choice(DEPARTMENTS)
        priority = "assisted" if kiosk.random.random() < 0.2 else "normal"
        deed = Deed(kiosk.actor, "issue", department=department, priority=priority)
        await kiosk.do(deed, "/kiosk/tokens", {"department": department, "priority": priority})
        await _told(kiosk, deed, day)
        await take_time(kiosk.random.random() * (0.3 if day.ahead.get(department, 0) > CROWD else 0.03))


async def _told(asker: Asker, deed: Deed, day: Day) -> None:
    if deed.yes is not None and deed.yes.token is not None and deed.department is not None:
        view = await asker.see(f"/api/v1/tokens/{deed.yes.token}")
        day.note(deed.yes.token, view["ahead"], deed.department, view["status_url"])


async def work_at_the_desk(desk: Asker, day: Day) -> None:
    """Somebody at the desk, who gives out numbers with a reason to go before others."""
    while not day.is_evening.is_set():
        priority = desk.random.choice(["urgent", "emergency", "normal", "assisted"])
        department = desk.random.choice(DEPARTMENTS)
        deed = Deed(desk.actor, "issue", department=department, priority=priority)
        await desk.do(deed, "/api/v1/tokens", {"department": department, "priority": priority, "reason": "chest pain"})
        await _told(desk, deed, day)
        await take_time(desk.random.random() * 0.3)


async def print_again_now_and_then(desk: Asker, slips: Sequence[SlipSeen], day: Day) -> None:
    """Somebody at the desk who prints slips again."""
    while not day.is_evening.is_set():
        if slips:
            job = desk.random.choice(slips[-20:]).job
            await desk.do(Deed(desk.actor, "reprint"), f"/desk/prints/{job}/again", {"place": "entrance"})
        await take_time(desk.random.random() * 0.3)


@dataclass
class Doctor:
    """A doctor in a room. `here`: the token that the doctor believes to be there; `aside`: missed and held ones."""

    asker: Asker
    room: str
    here: int | None = None
    aside: list[int] = field(default_factory=list)

    async def work_all_day(self, day: Day) -> None:
        """Press after press, as a person does who looks at the screen."""
        while not day.is_evening.is_set():
            chance = self.asker.random.random()
            if chance < 0.04 and day.lately:
                await self._act(self.asker.random.choice(day.lately), self.asker.random.choice(ON_ANY_TOKEN))
            elif chance < 0.12 and self.aside:
                await self._act(self.aside.pop(0), self.asker.random.choice([Action.REQUEUE, Action.RESUME]))
            elif chance < 0.5 and self.here is not None:
                [action] = self.asker.random.choices([*WITH_THE_PATIENT], [*WITH_THE_PATIENT.values()])
                await self._act(self.here, action)
            else:
                await self.call_next()
            await take_time(self.asker.random.random() * 0.03)

    async def call_next(self) -> Answer:
        """Call whoever is next; a press from an old screen is refused, and the doctor looks again."""
        deed = Deed(self.asker.actor, "call_next")
        asked = {"expected": self.here, "was_seen": self.asker.random.random() < 0.7}
        answer = await self.asker.do(deed, f"/api/v1/rooms/{self.room}/call-next", asked)
        if answer.is_yes:
            self.here = answer.token
        else:
            await self._look()
        return answer

    async def _act(self, token: int, action: Action) -> None:
        body: dict[str, object] = {"room": self.room}
        if action is Action.TRANSFER:
            others = [code for code in DEPARTMENTS if code != ROOMS[self.room]]
            body |= {"department": self.asker.random.choice(others), "returning": self.asker.random.random() < 0.5}
        if action is Action.UNDO:
            body = {}
        answer = await self.asker.do(Deed(self.asker.actor, action, token), f"/api/v1/tokens/{token}/{action}", body)
        if answer.is_yes and action in {Action.MISS, Action.HOLD}:
            self.aside.append(token)
        await self._look()

    async def _look(self) -> None:
        rooms = (await self.asker.see("/api/v1/rooms"))["rooms"]
        present = next(room["token"] for room in rooms if room["code"] == self.room)
        self.here = present["id"] if present else None


async def try_the_doors(strangers: Sequence[Asker], day: Day) -> None:
    """People without the right: no key, a wrong key, a display's, and a program's that may only read."""
    tried = ("/api/v1/rooms/1/call-next", "/api/v1/tokens", "/desk/prints/1/again", "/kiosk/tokens")
    while not day.is_evening.is_set():
        one = strangers[0].random.choice(strangers)
        path = one.random.choice(tried)
        body: dict[str, object] = {"department": "GEN"} if path.endswith("tokens") else {}
        found = await ask(one.port, "POST", path, {**one.headers, "Idempotency-Key": "a stranger's"}, body)
        if found is not None:
            one.history.trespasses.append((f"{one.actor} at {path}", found[0]))
        await take_time(one.random.random() * 0.2)
