"""Running the server: uvicorn as this product needs it."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import sqlite3
import ssl
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette

from kiosk.agent import AgentSettings, run_agent
from kiosk.agent.enrolment import read_key, write_key
from kiosk.agent.jobs import load_drawing
from kiosk.printing.paper import Paper, paper
from queue_server import logs
from queue_server.alerts import configured
from queue_server.app import alert_settings, build
from queue_server.clock import SteadyClock, SystemClock
from queue_server.domain.devices.devices import DeviceKind
from queue_server.live.http_protocol import PromptProtocol
from queue_server.live.websocket_protocol import LiveProtocol
from queue_server.paths import PROGRAM
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.devices.devices import Devices
from queue_server.services.people.first_start import FirstStart
from queue_server.services.records.master_keys import MasterKeys
from queue_server.settings import Settings
from queue_server.storage.engine.migrating import is_current
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import BadKeys, keyring
from queue_server.supervising import Supervisor

logger = logging.getLogger(__name__)

#: Milliseconds after which the kernel gives up on a peer that acknowledges nothing.
_UNANSWERED_MS = 30_000

#: A worker process answers its parent within so many seconds. Its imports alone take five on a busy little machine, and
#: a parent that does not wait for them kills one worker after the other for ever.
_WORKER_STARTS_S = 60
_LOOKS_AT_CERTIFICATE_S = 12 * 3_600

#: A program that runs beside the server, in the same event loop; it is cancelled when the server ends.
Companion = Callable[[], Coroutine[Any, Any, None]]


class CannotServe(Exception):
    """The settings ask for what this server does not do; the message says why."""


def create() -> Starlette:
    """The application from the environment alone, for worker processes."""
    settings = Settings()
    logs.configure(settings.log_format)
    spare_the_collector()
    return build(settings)


def spare_the_collector() -> None:
    """Python's search for cyclic garbage leaves out what was imported, and comes seldom.

    A full search takes a fifth of a second once ten thousand phones are connected, and nobody is answered meanwhile.
    Reference counts free nearly everything; what is left for the search is found after so many more objects.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def configuration(app: Starlette | str, settings: Settings) -> uvicorn.Config:
    """uvicorn's settings; the reasons are in docs/decisions/0003-uvicorn-settings.md."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=PromptProtocol,
        ws=LiveProtocol,
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        ws_ping_interval=12,
        ws_ping_timeout=14,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=_WORKER_STARTS_S,
        limit_concurrency=20_000,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


def listening_socket(config: uvicorn.Config) -> socket.socket:
    """The socket, bound, which drops peers that acknowledge nothing. Raises `CannotServe` when the port is in use."""
    # Named, because asyncio switches Nagle's delay off only for sockets that say that they are TCP: 40 ms an answer.
    made = socket.socket(
        socket.AF_INET6 if ":" in config.host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_MS)
    try:
        made.bind((config.host, config.port))
    except OSError as error:
        made.close()
        said = f"Cannot listen on {config.host}:{config.port}: {error.strerror}."
        if error.errno == errno.EADDRINUSE:
            said += f" Stop what listens there, perhaps this server in another window, or add --port {config.port + 1}."
        raise CannotServe(said) from error
    made.set_inheritable(True)
    return made


def paper_of(settings: Settings) -> Paper:
    """The paper of the server's own printer. Raises `CannotServe` when there is no such printer."""
    try:
        return paper(settings.printer_width, settings.printer_profile or None, settings.printer_dots)
    except ValueError as error:
        raise CannotServe(str(error)) from error


def check(settings: Settings) -> None:
    """Raises `CannotServe` for settings that do not fit together."""
    paper_of(settings)
    if settings.workers > 1 and not settings.database_url.startswith("postgresql"):
        raise CannotServe(
            f"--workers {settings.workers} needs PostgreSQL (QUEUE_DATABASE_URL=postgresql://…): "
            "on SQLite the server is one process."
        )
    if settings.workers > 1 and settings.printer:
        raise CannotServe(f"With several workers run `{PROGRAM} kiosk-agent` beside the server, not --printer.")
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise CannotServe("--tls-cert and --tls-key go together.")
    if settings.tls_cert:
        from queue_server.local_authority import authority_of  # ten megabytes, which nobody without TLS needs

        if authority := authority_of(settings.tls_cert):
            authority.renew(SystemClock().now())
        _check_certificate(settings.tls_cert, settings.tls_key)
    if settings.tls_cert and settings.printer:
        raise CannotServe(f"With TLS run `{PROGRAM} kiosk-agent` beside the server, not --printer.")


def _check_certificate(certificate: Path, key: Path | None) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as error:
        raise CannotServe(f"The certificate {certificate} with the key {key} cannot be used: {error}.") from error


async def check_database(url: str) -> None:
    """Raises `CannotServe` for a database that cannot be opened, or has not the schema of this version."""
    try:
        has_schema = await is_current(url)
    except (OSError, SQLAlchemyError) as error:
        reason = getattr(error, "orig", None) or error
        raise CannotServe(f"The database of QUEUE_DATABASE_URL cannot be opened: {reason}.") from error
    address = make_url(url)
    if address.get_backend_name() == "postgresql" and not await _hears_itself(address):
        raise CannotServe(
            "QUEUE_DATABASE_URL leads to a connection pool (such as PgBouncer) that does not keep sessions together: "
            "changes would not be heard. Give the address of the PostgreSQL server itself."
        )
    if not has_schema:
        named = address.render_as_string(hide_password=True)
        if address.get_backend_name() == "sqlite" and not _holds_anything(address.database):
            raise CannotServe(
                f"There is no clinic in {named}. Where there is one already, this window needs the QUEUE_DATABASE_URL "
                f"of its server; for a new one, run `{PROGRAM} migrate` first."
            )
        raise CannotServe(f"The database {named} has not this version's schema; run `{PROGRAM} migrate` first.")


async def _hears_itself(address: URL) -> bool:
    from queue_server.live.pools import hears_itself

    return await hears_itself(address)


def _holds_anything(file: str | None) -> bool:
    with closing(sqlite3.connect(str(file))) as database:
        tables: tuple[int] = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables != (0,)


def check_typefaces() -> None:
    """Says so where slips that are drawn here come out wrong."""
    from kiosk.printing.typefaces import joins_letters

    load_drawing()
    if not joins_letters():
        logger.warning("Slips in Indian scripts and Urdu come out wrong: FriBidi is missing (Debian: libfribidi0).")


def check_alerts(settings: Settings) -> None:
    """Raises `CannotServe` when the settings of e-mail, SMS and web push cannot be used."""
    try:
        configured(alert_settings(settings), settings.phone_url)
    except (OSError, ValueError) as error:
        raise CannotServe(f"The settings of the alerts cannot be used: {error}") from error


async def check_keys(settings: Settings) -> None:
    """Raises `CannotServe` when the documents' keys cannot be used, or a key that documents need is missing."""
    store = Store(settings.database_url, SteadyClock(SystemClock()))
    try:
        await MasterKeys(store, keyring(settings)).prepare()
    except (BadKeys, OSError) as error:
        raise CannotServe(f"The keys of the documents cannot be used: {error}") from error
    finally:
        await store.close()


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, with as many processes as the settings ask for. Raises `CannotServe`."""
    check(settings)
    if settings.printer:
        check_typefaces()
    asyncio.run(check_database(settings.database_url))
    check_alerts(settings)
    asyncio.run(check_keys(settings))
    if settings.workers == 1:
        spare_the_collector()
        asyncio.run(serve_alone(settings))
        return
    for name, value in settings.model_dump(exclude_none=True, exclude={"workers"}).items():
        os.environ[f"QUEUE_{name.upper()}"] = str(value)
    config = configuration("queue_server.serving:create", settings)
    listener = listening_socket(config)
    asyncio.run(greet(settings))
    Supervisor(config, [listener]).run()


async def greet(settings: Settings) -> None:
    """The terminal shows where staff log in or, where nobody has an account yet, the first start and its code."""
    store = Store(settings.database_url, SteadyClock(SystemClock()))
    try:
        code = await FirstStart(store).offer()
    finally:
        await store.close()
    page = "/login" if code is None else "/set-up"
    addresses = dict.fromkeys([settings.phone_url, settings.own_url])
    pages = " or ".join(f"{address.rstrip('/')}{page}" for address in addresses)
    if code is None:
        sys.stdout.write(f"\nStaff log in at {pages}. Ctrl+C stops the server.\n\n")
    else:
        sys.stdout.write(f"\nNobody has an account yet. Open {pages} and type the code {code[:4]}-{code[4:]}.\n\n")
    sys.stdout.flush()


async def serve_alone(settings: Settings) -> None:
    """Serve with one process, and print on the settings' printer if there is one."""
    companions: list[Companion] = []
    if settings.printer:
        companions.append(printer_on_the_server(settings, await own_printer_key(settings)))
    await serve_here(settings, build(settings), *companions, first=greet)


async def own_printer_key(settings: Settings) -> str:
    """The key of the agent that prints on the server's own printer; made at first, kept in the data folder (0600)."""
    path = settings.data / "printer.key"
    store = Store(settings.database_url, SteadyClock(SystemClock()))
    try:
        devices = Devices(store, Snapshots(store))
        if path.exists() and await devices.who(key := read_key(path)):
            return key
        key = await devices.add(DeviceKind.AGENT, "Printer at the server", settings.printer_place)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_key(path, key)
        return key
    finally:
        await store.close()


class Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Inside, a signal ends the server in order. uvicorn's own raises it again afterwards, which would end the
        process before its companions have finished what they do."""
        handlers = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)


async def serve_here(
    settings: Settings,
    app: Starlette,
    *companions: Companion,
    first: Callable[[Settings], Awaitable[None]] | None = None,
) -> None:
    """Serve in this process until a signal comes; the companions run while the server answers.

    `first` runs once the port is ours and before anybody is answered: an installer that was answered looks for the code
    of the first start. Raises `CannotServe` when the server does not come up.
    """
    server = Server(configuration(app, settings))
    with closing(listening_socket(server.config)) as listener:
        if first:
            await first(settings)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        coming_up = asyncio.create_task(server.is_up.wait())
        await asyncio.wait([serving, coming_up], return_when=asyncio.FIRST_COMPLETED)
        tasks = [asyncio.create_task(run()) for run in (*companions, *_keepers(server.config)) if server.started]
        for task in tasks:
            task.add_done_callback(_log_failure)
        try:
            await serving
        finally:
            coming_up.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(coming_up, *tasks, return_exceptions=True)
    if not server.started:
        raise CannotServe("The server could not start; the reason is above.")


def _keepers(config: uvicorn.Config) -> list[Companion]:
    """What renews the server's certificate where it is of our own authority; connections that are open go on."""
    context = config.ssl
    if context is None or not config.ssl_certfile:
        return []
    from queue_server.local_authority import authority_of  # ten megabytes, which nobody without TLS needs

    authority = authority_of(Path(config.ssl_certfile))
    if authority is None:
        return []

    async def keep() -> None:
        while True:
            if authority.renew(SystemClock().now()):
                context.load_cert_chain(authority.server)
            await asyncio.sleep(_LOOKS_AT_CERTIFICATE_S)

    return [keep]


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("A companion of the server failed.", exc_info=error)


def printer_on_the_server(settings: Settings, key: str) -> Companion:
    """A print agent inside the server's own process, for a printer on the server's network."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  (a comparison)
    agent = AgentSettings(
        server=f"http://{host}:{settings.port}",
        key=key,
        printer=settings.printer,
        ledger=settings.data / "printer.ledger",
        name="printer at the server",
        on=paper_of(settings),
    )
    return lambda: run_agent(agent)
