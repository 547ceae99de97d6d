"""A day at the clinic with everything going wrong, and the history of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.alerts.gateways import an_http_gateway
from tests.alerts.unreliable import UnreliableGateway
from tests.chaos.history.asking import Asker
from tests.chaos.history.careless_proxy import CarelessProxy, a_careless_proxy
from tests.chaos.history.clinic import Opened, Person, open_clinic, read_the_end, the_truth
from tests.chaos.history.onlookers import PrintAgent, follow_tokens, watch_as_a_display
from tests.chaos.history.people import (
    ROOMS,
    Day,
    Doctor,
    press_all_day,
    print_again_now_and_then,
    try_the_doors,
    work_at_the_desk,
)
from tests.chaos.history.recorded import Deed, DisplaySeen, History
from tests.chaos.history.servers import KilledServer, kill_again_and_again, killed_servers
from tests.waiting import take_time, until

#: Screens are right so soon after the trouble is over.
RIGHT_WITHIN_S = 15
#: So long after the evening everybody has been answered, and the screens have been looked at.
OPEN_DEEDS_S = 60
#: A press from an old screen is refused; after one look the next one is not.
LAST_TRIES = 5
PHONES = 50


@dataclass(frozen=True)
class Plan:
    """How long the day is, what makes its choices the same again, how many servers and phones, which mutant if any.

    `trouble`: the share of replies that are dropped; as many are delayed, doubled and reset.
    """

    seconds: float
    seed: int
    servers: int = 1
    phones: int = PHONES
    mutant: str | None = None
    trouble: float = 0.03


@dataclass
class Lived:
    """The history of a day, and what was counted meanwhile."""

    history: History
    counted: Counter[str] = field(default_factory=Counter)


@dataclass
class _Scene:
    """Who is there, and through which network."""

    opened: Opened
    proxy: CarelessProxy
    history: History
    url: str
    day: Day
    random: Random
    servers: Sequence[KilledServer]

    def asker(self, who: Person) -> Asker:
        """The person, asking through the network."""
        reader = self.opened.doctors[0].headers
        return Asker(who.actor, who.headers, self.proxy.port, self.history, Random(self.random.random()), reader)


async def live_through(url: str, folder: Path, plan: Plan) -> Lived:
    """A new clinic at the URL lives through the day. Its servers' logs are in the folder."""
    random = Random(plan.seed)
    opened = await open_clinic(url, messages=max(20, int(plan.seconds)), seconds=plan.seconds * 0.8)
    history = History(opened.rules)
    gateway = UnreliableGateway(Random(plan.seed), is_repeatable=False, patience_s=0.5)
    async with an_http_gateway(gateway.reply) as http:
        settings = {
            "QUEUE_SMS_URL": f"{http.url}/?ref={{id}}&to={{to}}",
            "QUEUE_SMS_ID_FIELD": "id",
            "QUEUE_SMS_IS_REPEATABLE": "false",
            "QUEUE_SMS_TIMEOUT_S": "0.5",
            **({"CHAOS_MUTANT": plan.mutant} if plan.mutant else {}),
        }
        async with (
            killed_servers(url, folder, plan.servers, settings) as servers,
            a_careless_proxy([server.port for server in servers], random, plan.trouble) as proxy,
        ):
            scene = _Scene(opened, proxy, history, url, Day(), random, servers)
            kills = await _the_day(scene, plan)
    history.taken = gateway.taken
    await read_the_end(url, history)
    return Lived(history, proxy.counted + Counter(kills=kills, deeds=len(history.deeds)))


async def _the_day(scene: _Scene, plan: Plan) -> int:
    """Everybody works; then it is evening, the trouble ends, and the screens are looked at. Returns the kills."""
    opened, day, proxy = scene.opened, scene.day, scene.proxy
    displays = [DisplaySeen(f"display {number}") for number in range(len(opened.displays))]
    scene.history.displays = displays
    agent = PrintAgent(proxy.port, opened.agent, scene.history.slips)
    doctors = [Doctor(scene.asker(who), room) for who, room in zip(opened.doctors, ROOMS, strict=True)]
    looking = [watch_as_a_display(proxy.port, *one) for one in zip(opened.displays, displays, strict=True)]
    looking += [follow_tokens(proxy.port, day, scene.history, Random(n)) for n in range(plan.phones)]
    async with _going_on(*looking, agent.print_all_day()):
        await until(lambda: all(seen.last is not None for seen in displays))
        try:
            async with asyncio.timeout(plan.seconds + OPEN_DEEDS_S):
                kills = await _work(scene, plan, doctors, agent)
                await _close(scene, doctors)
        except TimeoutError:
            scene.history.surprises.append("the day does not end")
            return 0
    return kills


async def _work(scene: _Scene, plan: Plan, doctors: Sequence[Doctor], agent: PrintAgent) -> int:
    """Until the evening, and until everybody has been answered; returns the kills."""
    opened, day = scene.opened, scene.day
    async with asyncio.TaskGroup() as group:
        working = [press_all_day(scene.asker(kiosk), day) for kiosk in opened.kiosks]
        working += [doctor.work_all_day(day) for doctor in doctors]
        working += [
            work_at_the_desk(scene.asker(opened.desk), day),
            print_again_now_and_then(scene.asker(opened.printing), agent.slips, day),
            try_the_doors([scene.asker(who) for who in opened.readers], day),
        ]
        for work in working:
            group.create_task(work)
        killing = group.create_task(kill_again_and_again(scene.servers, scene.random, day.is_evening))
        await take_time(plan.seconds)
        day.is_evening.set()
        await asyncio.wait([killing])
        scene.proxy.is_careless = False
    return killing.result()


async def _close(scene: _Scene, doctors: Sequence[Doctor]) -> None:
    """One more patient in each room, whom every display must show; then every line is cut once more."""
    desk, displays = scene.asker(scene.opened.desk), scene.history.displays
    for doctor, department in zip(doctors, ROOMS.values(), strict=True):
        deed = Deed(desk.actor, "issue", department=department)
        await desk.do(deed, "/api/v1/tokens", {"department": department})
        for _ in range(LAST_TRIES):
            if (await doctor.call_next()).is_yes:
                break
        else:
            scene.history.surprises.append(f"nobody can be called to room {doctor.room} any more")
    await _compare(scene)
    if all(seen.last == seen.truth for seen in displays):
        scene.proxy.cut_lines()
        for seen in displays:
            seen.last = None
        await _compare(scene)
    await _compare_phones(scene)


async def _compare(scene: _Scene) -> None:
    """What displays show, beside what the database says: equal soon, or noted as it is."""
    displays = scene.history.displays
    truth = await the_truth(scene.url)
    for seen in displays:
        seen.truth = truth
    with suppress(TimeoutError):
        await until(lambda: all(seen.last == truth for seen in displays), RIGHT_WITHIN_S)


async def _compare_phones(scene: _Scene) -> None:
    """What phones show that still follow a token, beside what the server says of it."""
    asker = scene.asker(scene.opened.desk)
    open_pages = [phone for phone in scene.history.phones if phone.states[-1:] not in (["attended"], ["cancelled"], [])]
    for phone in open_pages:
        phone.truth = (await asker.see(f"/api/v1/tokens/{phone.token}"))["state"]
    with suppress(TimeoutError):
        await until(lambda: all(phone.states[-1] == phone.truth for phone in open_pages), RIGHT_WITHIN_S)


@asynccontextmanager
async def _going_on(*looking: object) -> AsyncIterator[None]:
    """Inside, these run; afterwards they do not."""
    tasks = [asyncio.ensure_future(one) for one in looking]  # type: ignore[call-overload]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
