"""All of the keeper together: what it knows, what it does by itself, and what it does for the page."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from kiosk.agent.agent import Agent, AgentSettings, an_agent
from kiosk.keeper import site, views
from kiosk.keeper.database import Database
from kiosk.keeper.facts import BadFacts, Facts, Opening
from kiosk.keeper.handing_in import HandingIn
from kiosk.keeper.issuing import Issuing, Order
from kiosk.keeper.shell import Shell
from kiosk.keeper.timekeeping import Clock, MachineClock, moment
from kiosk.keeper.upstream import Unanswered, Upstream
from kiosk.printing import Transport

logger = logging.getLogger(__name__)

PORT = 8321
#: What the server knows is asked for anew so often, and numbers that nobody waits for are settled.
REFRESH_S = 30.0
#: Own slips of which the page is told.
_RECENT = 8


@dataclass(frozen=True)
class KeeperSettings:
    """What a keeper needs to know beside its print agent's settings."""

    agent: AgentSettings
    #: The kiosk's key.
    key: str = field(repr=False)
    #: The file of its database.
    database: Path
    #: Where the page is served, on this machine only.
    port: int = PORT


class Keeper:
    """Serves the page's requests, and keeps itself up while the server is there."""

    def __init__(self, settings: KeeperSettings, database: Database, agent: Agent, clock: Clock) -> None:
        self.database = database
        self.upstream = Upstream(settings.agent.server, settings.key)
        self.shell = Shell(database, self.upstream)
        self.issuing = Issuing(database, agent, clock, self.changed)
        self.handing_in = HandingIn(database, self.upstream, clock)
        self.lines: set[asyncio.Event] = set()
        self._agent = agent
        self._clock = clock
        self._pressing: dict[str, asyncio.Task[site.Answer]] = {}
        self._came_back = asyncio.Event()
        self._frame = ""
        self._revision = 0
        self.is_known = False
        self._view: dict[str, Any] | None = database.note("view")
        self._read_facts(database.note("facts"))

    async def run(self) -> None:
        """Until cancelled."""
        try:
            await self.changed()
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self.upstream.stay_connected(self._server_changed), name="keeper line")
                loops.create_task(self._keep_up(), name="keeper upkeep")
        finally:
            await self.issuing.finish()
            await self.upstream.close()

    @property
    def frame(self) -> str:
        """The page's present view, as its line brings it; empty while nothing is known of the clinic."""
        return self._frame

    def now(self) -> datetime:
        """What time it is, as well as it is known."""
        return moment(self._clock, self.database.anchor, None).at

    async def changed(self) -> None:
        """The page is shown what is true now."""
        prints = views.own_prints(await asyncio.to_thread(self.database.recent, _RECENT))
        if self.upstream.is_there and self.upstream.view is not None:
            await self._keep_view(views.kept_of(self.upstream.view))
            data = views.with_server(self.upstream.view, prints)
        elif self._view is not None and self.issuing.facts is not None:
            facts = self.issuing.facts
            openings = await asyncio.to_thread(self._openings, facts)
            data = views.without_server(self._view, facts, openings, str(self._agent.state), prints)
        else:
            return
        self._revision += 1
        self._frame = json.dumps(views.frame(data, self._revision, self.now()), ensure_ascii=False)
        for line in self.lines:
            line.set()

    async def press(self, key: str, body: bytes) -> "site.Answer":
        """The answer to a press: the server's, or where it does not answer our own. One at a time for each key."""
        task = self._pressing.get(key)
        if task is None:
            task = self._pressing[key] = asyncio.create_task(self._press(key, body))
            task.add_done_callback(lambda _: self._pressing.pop(key, None))
        return await asyncio.shield(task)

    async def abandoned(self, key: str, body: bytes) -> "site.Answer":
        """What became of a press for which nobody waits."""
        kept = await self.issuing.find(key)
        if kept is not None:
            return site.Answer(200, {"outcome": await self.issuing.abandon(kept)})
        return await self._forwarded("/kiosk/tokens/abandoned", key, body)

    async def _press(self, key: str, body: bytes) -> "site.Answer":
        is_doubtful = False
        if await self.issuing.find(key) is None and self.upstream.is_there:
            try:
                answer = await self._forwarded("/kiosk/tokens", key, body)
                if answer.status < 500:
                    return answer
                is_doubtful = True
            except Unanswered as error:
                is_doubtful = error.may_have_arrived
            await self.upstream.lost(self._server_changed)
        order = Order.from_json(json.loads(body))
        if self.upstream.is_refused:
            return site.Answer(403, site.error("not_allowed", "This kiosk's key is revoked; enrol it again."))
        return site.Answer(201, await self.issuing.give(key, order, is_doubtful=is_doubtful))

    async def _forwarded(self, path: str, key: str, body: bytes) -> "site.Answer":
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        answer = await self.upstream.ask_while_alive(path, body, headers)
        try:
            return site.Answer(answer.status_code, answer.json())
        except ValueError:
            raise Unanswered(may_have_arrived=True) from None

    async def _server_changed(self) -> None:
        if self.upstream.is_there and not self._came_back.is_set():
            self._came_back.set()
        await self.changed()

    async def _keep_up(self) -> None:
        """Whenever the server is back, and every now and then: hand in, and learn what is new."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_S):
                    await self._came_back.wait()
            await self.issuing.settle_old()
            if self.upstream.is_there:
                try:
                    await self._meet_server()
                except Unanswered:
                    await asyncio.sleep(1)
                    continue
            else:
                await self.changed()  # departments open and close
            self._came_back.clear()

    async def _meet_server(self) -> None:
        answer = await self.handing_in.hello()
        self._read_facts(answer)
        if self.issuing.facts is not None and await self.handing_in.everything(self.issuing.facts.today):
            answer = await self.handing_in.hello()
            self._read_facts(answer)
        if self.is_known:
            await asyncio.to_thread(self.database.take_note, "facts", answer)
        await self.shell.keep_up()
        await self.shell.keep_voices((self.upstream.view or {}).get("voices", {}).values())

    async def _keep_view(self, view: dict[str, Any]) -> None:
        if view != self._view:
            self._view = view
            await asyncio.to_thread(self.database.take_note, "view", view)

    def _read_facts(self, answer: Mapping[str, Any] | None) -> None:
        if answer is None:
            return
        try:
            self.issuing.facts = Facts.from_json(answer)
            self.is_known = True
        except BadFacts:
            logger.exception("What the server says of the clinic cannot be used; the keeper goes on with what it had.")

    def _openings(self, facts: Facts) -> dict[str, Opening]:
        now = self.now()
        day = facts.day_at(now)
        return {
            code: one.opening(now, self.issuing.given(one, day), facts.told_until)
            for code, one in facts.departments.items()
        }


@asynccontextmanager
async def a_keeper(
    settings: KeeperSettings, printer: Transport | None = None, clock: Clock | None = None
) -> AsyncIterator[tuple[Keeper, Agent]]:
    """A keeper whose files are open. Raises as `run_agent`, and `sqlite3.Error`."""
    with closing(await asyncio.to_thread(Database, settings.database)) as database:
        async with an_agent(settings.agent, printer) as agent:
            yield Keeper(settings, database, agent, clock or MachineClock()), agent


async def run_keeper(settings: KeeperSettings, printer: Transport | None = None, clock: Clock | None = None) -> None:
    """Serve the touch screen on this machine and print, until cancelled.

    Raises as `a_keeper`, and `OSError` where the port is taken.
    """
    async with a_keeper(settings, printer, clock) as (keeper, agent):
        with closing(_listener(settings.port)) as listener:
            server = _Server(_configuration(site.build(keeper)))
            async with asyncio.TaskGroup() as loops:
                loops.create_task(agent.run(), name="agent")
                loops.create_task(keeper.run(), name="keeper")
                serving = loops.create_task(server.serve(sockets=[listener]), name="page")
                try:
                    await asyncio.shield(serving)
                finally:
                    server.should_exit = True


class _Server(uvicorn.Server):
    """Signals are for whoever runs the keeper."""

    def install_signal_handlers(self) -> None:
        pass


def _configuration(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, lifespan="off", access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=2
    )


def _listener(port: int) -> socket.socket:
    """A listening socket that only this machine reaches."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    logger.info("The touch screen is served at http://localhost:%d/kiosk.", port)
    return listener
