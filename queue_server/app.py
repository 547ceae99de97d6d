"""The composition root: store, services, hub and faces become one application, with the only lifespan."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import Receive, Scope, Send

from display.announcing import announcement
from display.announcing.clips import clips
from queue_server import faces, sources
from queue_server.abdm.settings import AbdmSettings
from queue_server.alerts import configured
from queue_server.alerts.settings import AlertSettings
from queue_server.clock import Clock, SteadyClock, SystemClock
from queue_server.domain.alerts.alerts import Driver
from queue_server.domain.errors import DatabaseFault, Locked, LoginRequired, NotAllowed
from queue_server.domain.people.staff import LoginRules
from queue_server.live.hub import Hub
from queue_server.live.topic_names import TopicKind
from queue_server.oidc.settings import OidcSettings
from queue_server.services import Services, compose, with_abdm
from queue_server.services.clinic.backups import BackupPlaces
from queue_server.settings import Settings
from queue_server.sources import Source
from queue_server.storage.engine.group_commit import EntriesChanged
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import keyring
from queue_server.web import provider_login
from queue_server.web.errors import HANDLERS
from queue_server.web.measurements import Metrics
from queue_server.web.rate_limiter import Limits
from queue_server.web.request_log import RequestLog
from queue_server.web.routing import RouteTable
from queue_server.web.security import SecurityMiddleware
from queue_server.web.state import AppState
from queue_server.webhooks import Sender, Worker

if TYPE_CHECKING:
    from queue_server.oidc.provider import Provider

logger = logging.getLogger(__name__)

Job = tuple[str, float, Callable[[], Awaitable[object]]]

#: Views that depend on the time are computed anew this often even when nothing happened.
REFRESH_S = 20.0
DAY_END_S = 60.0
FIGURES_S = 60.0
LEARN_S = 10.0
HEAR_DEVICES_S = 15.0
TELL_STAFF_S = 20.0
SEAL_S = 0.5
HEAR_S = 1.0
CLEAN_S = 600.0
SWEEP_S = 3600.0
BACKUP_S = 60.0
WATCH_S = 2.0

#: What is not compressed once more.
COMPRESSED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/pdf")

#: Displays are no secret: a locked screen goes on showing them.
_DISPLAYS = (TopicKind.BOARD,)


def build(
    settings: Settings,
    clock: Clock | None = None,
    drivers: Sequence[Driver] | None = None,
    abdm: AbdmSettings | None = None,
) -> Starlette:
    """The application. Its lifespan opens the database, starts what runs in the background, and ends it all.

    `drivers`: what alerts are sent with; none for those of the environment (see `alerts.settings`). `abdm`: ABDM's
    settings, none for those of the environment.
    """
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[AppState]:
        services = _services(settings, clock, drivers, abdm or AbdmSettings())
        store, topics, queues = services.store, services.screens.topics, services.clinic.queues

        def fault() -> str | None:
            return store.fault.code if store.fault else None

        hub = Hub(topics.render, queues.now, queues.rev, render_phones=topics.render_phones, fault=fault)
        async with _running(services, hub, settings, metrics):
            limits = Limits(store.clock.now)
            app.state.services, app.state.limits = services, limits
            yield {
                "services": services,
                "hub": hub,
                "metrics": metrics,
                "settings": settings,
                "limits": limits,
                "provider": _provider(settings, store.clock.now),
                "clinic_name": queues.clinic_name,
                "clinic_languages": queues.clinic_languages,
            }

    app = Starlette(middleware=_middleware(settings, metrics), exception_handlers=HANDLERS)
    app.router = RouteTable(faces.routes(), lifespan)
    return app


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    return [
        Middleware(RequestLog, metrics=metrics),
        Middleware(SecurityMiddleware, public_url=settings.public_url),
        Middleware(Compressing, minimum_size=800, exclude_content_types=COMPRESSED),
    ]


class Compressing(GZipMiddleware):
    """Compresses answers for whoever takes that; nobody else, and no live line, keeps a coroutine of it."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        if scope["type"] == "http" and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            return super().__call__(scope, receive, send)
        return cast(Coroutine[Any, Any, None], self.app(scope, receive, send))


@asynccontextmanager
async def _running(services: Services, hub: Hub, settings: Settings, metrics: Metrics) -> AsyncIterator[None]:
    """Inside, the database is open and everything runs that works in the background."""
    store = services.store
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        stack.callback(services.records.uploads.inspector.close)
        await _prepare(services, hub)
        await stack.enter_async_context(hub.running())
        if store.is_postgres:
            await stack.enter_async_context(_hearing(services, hub))
        await stack.enter_async_context(background(services, hub))
        await stack.enter_async_context(services.alerts.sending.running())
        await stack.enter_async_context(services.alerts.watch.running())
        sender = await stack.enter_async_context(Sender(settings.networks))
        if services.programs.abdm is not None:
            await stack.enter_async_context(services.programs.abdm.running())
        await stack.enter_async_context(metrics.watching_the_loop())
        await stack.enter_async_context(Worker(services.programs.delivering, services.clinic.queues, sender).running())
        yield


async def _prepare(services: Services, hub: Hub) -> None:
    """The database is open, the day that is over has ended, and whoever watches hears of every commit."""
    store, queues = services.store, services.clinic.queues
    await store.open()
    await services.records.master_keys.prepare()
    store.after_commit(connect(services, hub))
    queues.changed(await store.revisions())
    await services.queue.timekeeping.keep()
    await services.queue.day_end.expire_leftovers()
    await services.people.cleaning.sweep()
    await queues.clinic()


def _services(
    settings: Settings, clock: Clock | None, drivers: Sequence[Driver] | None, abdm: AbdmSettings
) -> Services:
    keys, alerting = keyring(settings), alert_settings(settings)
    store = Store(settings.database_url, SteadyClock(clock or SystemClock()))
    services = compose(
        store,
        announcement,
        settings.phone_url,
        LoginRules(timedelta(minutes=settings.lock_minutes), settings.second_factor == "administrators"),
        keys,
        configured(alerting, settings.phone_url) if drivers is None else drivers,
        settings.networks,
        alerting.secret("alerts_secret"),
        backup_places(settings),
        clips=clips,
    )
    if not abdm.is_on:
        return services
    # Few clinics have it, and what it signs with takes megabytes.
    from queue_server.abdm.gateway import Gateway

    return with_abdm(services, Gateway(abdm, store.clock.now))


def _provider(settings: Settings, now: Callable[[], datetime]) -> Provider | None:
    """Where staff may log in besides, as the environment says."""
    asked = OidcSettings()
    if not asked.issuer:
        return None
    # Few clinics have one, and what its tokens are checked with takes megabytes.
    from queue_server.oidc.provider import Provider

    return Provider(asked, f"{settings.phone_url}{provider_login.BACK}", now)


def backup_places(settings: Settings) -> BackupPlaces:
    """Where the settings say that backups go."""
    own = settings.data / "backups" if settings.backup_hours else None
    return BackupPlaces(own, settings.backup_folder, timedelta(hours=settings.backup_hours))


def alert_settings(settings: Settings) -> AlertSettings:
    """As the environment says; the key for web push lies beside the database unless it is named."""
    asked = AlertSettings()
    return asked if asked.push_key else asked.model_copy(update={"push_key": settings.data / "web-push.pem"})


def connect(services: Services, hub: Hub) -> Callable[[Mapping[Source, int]], None]:
    """What shows it to everybody whenever these sources have these revisions now."""
    cutting: set[asyncio.Task[None]] = set()

    def changed(touched: Mapping[Source, int]) -> None:
        hub.touch(touched)
        for source, cut in ((sources.DEVICES, cut_revoked), (sources.SESSIONS, cut_sessions)):
            if source in touched:
                cutting.add(task := asyncio.create_task(cut(services, hub)))
                task.add_done_callback(cutting.discard)

    return changed


async def cut_revoked(services: Services, hub: Hub) -> None:
    """Whoever was revoked loses the lines that are still open."""
    for owner in await services.devices.registry.revoked():
        hub.end_lines_of(owner, 4403, NotAllowed.code, "This device was revoked.")


async def cut_sessions(services: Services, hub: Hub) -> None:
    """Lines of logins that have ended are cut; those of locked ones too, except the displays."""
    owners = {owner: owner.partition("/")[2] for owner in hub.owners() if "/" in owner}
    if not owners:
        return
    standing = await services.people.accounts.standing(owners.values())
    for owner, session in owners.items():
        if session not in standing:
            hub.end_lines_of(owner, 4401, LoginRequired.code, "This login has ended.")
        elif standing[session]:
            hub.end_lines_of(owner, 4423, Locked.code, "This screen is locked.", spare=_DISPLAYS)


async def watch(services: Services, hub: Hub) -> None:
    """Logins that have ended are cut, and the clock is looked after."""
    await cut_sessions(services, hub)
    await services.queue.timekeeping.keep()


def _hearing(services: Services, hub: Hub) -> AbstractAsyncContextManager[None]:
    """Inside, the commits of other processes are heard."""
    from queue_server.live.postgres_listener import PostgresListener

    store = services.store

    def on_change(source: Source, rev: int) -> None:
        if not services.clinic.queues.knows(source, rev):
            store.announce({source: rev})

    def on_entries(department_id: int, rev: int, ids: frozenset[int]) -> None:
        services.clinic.queues.entries_changed(EntriesChanged(department_id, rev, ids))

    def on_gap() -> None:
        services.clinic.queues.forget()
        hub.touch_all()

    dsn = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresListener(dsn, on_change, on_gap, store.revisions, on_entries=on_entries).running()


@asynccontextmanager
async def background(services: Services, hub: Hub) -> AsyncIterator[None]:
    """Inside, days end, time-dependent views stay true, devices that were revoked lose their lines."""
    tasks = [asyncio.create_task(every(interval_s, job), name=name) for name, interval_s, job in _jobs(services, hub)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _jobs(services: Services, hub: Hub) -> list[Job]:
    """What is done in the background: its name, how often in seconds, and how; as fast as the clinic's time goes."""
    pace = services.store.clock.pace

    async def refresh() -> None:
        hub.touch([sources.department(department.id) for department in await services.clinic.queues.departments()])

    async def count() -> None:
        await services.analytics.tallies.keep()
        await services.analytics.daily_report.send()

    async def hear_devices() -> None:
        await asyncio.gather(services.devices.registry.heard(hub.owners()), services.devices.printing.give_up_stale())

    async def hear() -> None:
        """What a command has changed beside the server; on PostgreSQL the listener hears it."""
        for source, rev in (await services.store.revisions()).items():
            if not services.clinic.queues.knows(source, rev):
                services.store.announce({source: rev})

    jobs: list[Job] = [
        ("learning", LEARN_S / pace, services.waits.keep),
        ("day end", DAY_END_S / pace, services.queue.day_end.expire_leftovers),
        ("figures", FIGURES_S, count),
        ("refresh", REFRESH_S / pace, refresh),
        ("devices and slips", HEAR_DEVICES_S / pace, hear_devices),
        ("telling staff", TELL_STAFF_S, services.alerts.staff.tell),
        ("roster", REFRESH_S / pace, services.clinic.roster.keep),
        ("uploads", CLEAN_S, services.records.uploads.clean_up),
        ("retention", CLEAN_S, services.records.retention.daily),
        ("sessions and clock", WATCH_S, partial(watch, services, hub)),
        ("faults", WATCH_S, services.store.look_for_faults),
        ("backups", BACKUP_S, services.clinic.backups.keep),
        ("sweeping", SWEEP_S, services.people.cleaning.sweep),
    ]
    if services.store.is_postgres:
        jobs.append(("sealer", SEAL_S, services.programs.journal.seal))
    else:
        jobs.append(("hearing commands", HEAR_S, hear))
    return jobs


async def every(interval_s: float, job: Callable[[], Awaitable[object]]) -> None:
    """Do the job again and again; a failure is logged and the next turn tries again."""
    while True:
        await asyncio.sleep(interval_s)
        try:
            await job()
        except DatabaseFault as fault:
            logger.warning("A background job waits for the database: %s", fault.code)
        except Exception:
            logger.exception("A background job failed.")
