"""js/shared/live.js against a real server: what a page believes about its line, and when."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.browser.conftest import PageFactory, Serve, Server
from tests.browser.rendering import pages
from tests.waiting import take_time, until

pytestmark = pytest.mark.browser
BLANK = "<!doctype html><html lang='en'><title>Blank</title><body></body></html>"
LISTEN = """
async ([path, staleAfter]) => {
  const { connect } = await import("/static/test/js/shared/live.js");
  window.log = [];
  window.after = 0;
  const note = (kind, value) => window.log.push([kind, value, performance.now()]);
  window.live = connect(path ?? (() => `/ws/line?after=${window.after}`), {
    staleAfter,
    onView: (data) => { note("view", data.n); window.after = data.n; },
    onStale: (since) => note("stale", since.toISOString()),
    onFetching: (seconds) => note("fetching", seconds),
    onFresh: () => note("fresh", null),
    onError: (error) => note("error", error),
  });
}
"""

COUNT_TIMERS = """
window.timers = new Set();
const [set, clear] = [window.setTimeout, window.clearTimeout];
window.setTimeout = (run, delay) => {
  const id = set(() => { window.timers.delete(id); run(); }, delay);
  window.timers.add(id);
  return id;
};
window.clearTimeout = (id) => { window.timers.delete(id); clear(id); };
"""

Behaviour = Callable[["Line", WebSocket], Awaitable[None]]


class Line:
    """The server's end of a websocket, behaving as the test chooses; `queries` has one line a connection."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.queries: list[str] = []
        self.open = 0
        self.beats = 0

    async def answer(self, socket: WebSocket) -> None:
        self.queries.append(socket.url.query)
        await socket.accept()
        self.open += 1
        with suppress(WebSocketDisconnect):
            await self.behave(self, socket)
        self.open -= 1


async def view(socket: WebSocket, n: int, revision: int | None = None, at: str | None = None) -> None:
    frame = {"type": "view", "topic": "line", "rev": n if revision is None else revision, "at": at or now()}
    await socket.send_json({**frame, "data": {"n": n}})


async def beat_until_gone(line: Line, socket: WebSocket) -> None:
    while True:
        await socket.send_json({"type": "beat", "at": now()})
        line.beats += 1
        await take_time(0.05)


async def until_gone(socket: WebSocket) -> None:
    await socket.receive_text()


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


async def line_to(
    behave: Behaviour,
    serve: Serve,
    page_factory: PageFactory,
    *,
    stale_after: int = 400,
    path: str | None = None,
    before: str = "",
    more: Sequence[BaseRoute] = (),
) -> tuple[Line, Page, Server]:
    """A page that listens to a server that behaves so and has `more` routes; `before` runs in the page first."""
    line = Line(behave)
    server = await serve(pages(WebSocketRoute("/ws/line", line.answer), *more, blank=lambda lang: BLANK))
    page = await page_factory(may_fail=True)
    await page.goto(f"{server.url}/blank")
    if before:
        await page.evaluate(before)
    await page.evaluate(LISTEN, [path, stale_after])
    return line, page, server


async def wait_for(page: Page, condition: str) -> None:
    # As a function: the content security policy forbids Playwright to evaluate a string again and again.
    await page.wait_for_function(f"() => {condition}", polling=20)


async def kinds(page: Page) -> list[str]:
    found: list[str] = await page.evaluate("log.map((entry) => entry[0])")
    return found


async def test_every_newer_view_arrives_and_an_older_one_is_passed_over(
    serve: Serve, page_factory: PageFactory
) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        for revision in (5, 6, 4, 7):
            await view(socket, revision)
        await until_gone(socket)

    _, page, _ = await line_to(behave, serve, page_factory, stale_after=5000)

    await wait_for(page, "log.some((entry) => entry[1] === 7)")

    assert await page.evaluate("log.map((entry) => entry[1])") == [5, 6, 7]


async def test_a_quiet_line_is_noticed_in_time_and_dated_by_the_servers_clock(
    serve: Serve, page_factory: PageFactory
) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        if len(line.queries) == 1:
            await view(socket, 1, at="2001-02-03T04:05:06Z")
        await until_gone(socket)

    _, page, _ = await line_to(behave, serve, page_factory)

    await wait_for(page, "log.some((entry) => entry[0] === 'stale')")
    (_, _, seen_at), (_, since, stale_at) = await page.evaluate("log")

    assert 390 <= stale_at - seen_at <= 2000  # a busy machine adds its own
    assert since == "2001-02-03T04:05:06.000Z"
    assert await page.evaluate("live.isStale()")


async def test_beats_keep_a_page_live(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await view(socket, 1)
        await beat_until_gone(line, socket)

    line, page, _ = await line_to(behave, serve, page_factory, stale_after=1500)

    await until(lambda: line.beats >= 40)

    assert await kinds(page) == ["view"]
    assert len(line.queries) == 1


async def test_beats_without_a_view_do_not_make_old_data_live(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await beat_until_gone(line, socket)

    _, page, _ = await line_to(behave, serve, page_factory)

    await wait_for(page, "log.length > 0")

    assert (await kinds(page))[0] == "stale"


async def test_a_socket_that_is_open_and_dead_is_given_up_for_another(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await view(socket, len(line.queries))
        if len(line.queries) > 1:
            await beat_until_gone(line, socket)
        await until_gone(socket)

    line, page, _ = await line_to(behave, serve, page_factory, stale_after=1000)

    await wait_for(page, "log.some((entry) => entry[0] === 'fresh')")
    await wait_for(page, "log.some((entry) => entry[1] === 2)")

    assert await kinds(page) == ["view", "stale", "fresh", "view"]
    assert len(line.queries) == 2


async def test_after_a_cut_the_line_comes_back_with_a_newly_built_path(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await view(socket, 40 + len(line.queries), revision=1)
        if len(line.queries) < 3:
            await socket.close(1012)
        else:
            await until_gone(socket)

    line, page, _ = await line_to(behave, serve, page_factory, stale_after=5000)

    await wait_for(page, "log.some((entry) => entry[1] === 43)")

    assert line.queries == ["after=0", "after=41", "after=42"]
    assert await kinds(page) == ["view", "view", "view"]


async def test_a_server_that_went_away_is_found_again(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await view(socket, len(line.queries))
        await beat_until_gone(line, socket)

    _, page, server = await line_to(behave, serve, page_factory, stale_after=1000)
    await wait_for(page, "log.length === 1")

    await server.stop()
    await wait_for(page, "log.length === 2")
    await server.start()
    await wait_for(page, "log.length === 4")

    assert await kinds(page) == ["view", "stale", "fresh", "view"]


async def test_a_lost_server_is_asked_ever_more_rarely(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await socket.close(1013)

    note_delays = """
    window.delays = [];
    const original = window.setTimeout;
    window.setTimeout = (run, delay) => {
      if (delay >= 100 && delay <= 3000 && delay !== 1000) window.delays.push(delay);
      return original(run, delay / 20);
    };
    """
    _, page, _ = await line_to(behave, serve, page_factory, stale_after=1_000_000, before=note_delays)

    await wait_for(page, "delays.length >= 8")
    delays = (await page.evaluate("delays"))[:8]

    assert 125 <= delays[0] <= 250
    assert 250 <= delays[1] <= 500
    assert 500 <= delays[2] <= 1000
    assert all(1500 <= delay <= 3000 for delay in delays[4:])
    assert len({round(delay) for delay in delays[4:]}) > 1


async def test_where_no_line_comes_up_the_view_is_fetched_and_the_line_tried_again_each_minute(
    serve: Serve, page_factory: PageFactory
) -> None:
    tags: list[str | None] = []

    async def refuse(line: Line, socket: WebSocket) -> None:
        await socket.close(1013)

    async def fetched(request: Request) -> Response:
        tags.append(request.headers.get("If-None-Match"))
        if tags[-1] == '"one"':
            return Response(status_code=304)
        frame = {"type": "view", "topic": "line", "rev": 1, "at": now(), "data": {"n": 1}}
        return JSONResponse(frame, headers={"ETag": '"one"'})

    note_delays = """
    window.delays = [];
    const original = window.setTimeout;
    window.setTimeout = (run, delay) => {
      if (delay > 5000) window.delays.push(delay);
      return original(run, delay > 5000 ? delay / 20 : delay);
    };
    """
    line, page, _ = await line_to(
        refuse, serve, page_factory, stale_after=5000, before=note_delays, more=[Route("/view/line", fetched)]
    )

    await wait_for(page, "log.length === 2")
    assert await page.evaluate("log.map((entry) => entry.slice(0, 2))") == [["view", 1], ["fetching", 10]]
    assert len(line.queries) == 3
    await until(lambda: len(line.queries) == 5)
    delays = await page.evaluate("delays")

    assert [delay for delay in delays if delay == 10_000]
    assert [delay for delay in delays if 30_000 <= delay <= 60_000]
    assert tags[:3] == [None, '"one"', '"one"']
    assert await kinds(page) == ["view", "fetching"]


async def test_the_networks_return_ends_the_waiting(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        if len(line.queries) > 1:
            await view(socket, 1)
            await until_gone(socket)

    never = "const original = setTimeout; window.setTimeout = (run, delay) => original(run, delay < 100 ? delay : 1e9)"
    line, page, _ = await line_to(behave, serve, page_factory, stale_after=5000, before=never)
    await until(lambda: len(line.queries) == 1 and line.open == 0)

    await wait_for(page, "dispatchEvent(new Event('online')) && log.length > 0")

    assert (await kinds(page))[-1] == "view"


@pytest.mark.parametrize(("close", "code"), [(4403, "not_allowed"), (4404, "unknown_token")])
async def test_what_the_server_refuses_for_good_is_not_asked_again(
    close: int, code: str, serve: Serve, page_factory: PageFactory
) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await socket.send_json({"type": "error", "code": code, "message": "It is over."})
        await socket.close(close)

    line, page, _ = await line_to(behave, serve, page_factory, stale_after=300, before=COUNT_TIMERS)

    await wait_for(page, "log.some((entry) => entry[0] === 'error')")

    assert await page.evaluate("log.at(-1)[1]") == {"code": code, "message": "It is over.", "isFinal": True}
    assert (await page.evaluate("timers.size"), await kinds(page)) == (0, ["stale", "error"])
    assert len(line.queries) == 1


async def test_a_session_that_ended_reloads_the_page_once_and_then_says_so(
    serve: Serve, page_factory: PageFactory
) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await socket.close(4401)

    _, page, _ = await line_to(behave, serve, page_factory, before="window.isTheFirst = true")
    await wait_for(page, "window.isTheFirst === undefined")

    await page.evaluate(LISTEN, [None, 400])
    await wait_for(page, "log.some((entry) => entry[0] === 'error')")

    assert await page.evaluate("log.at(-1)[1].code") == "not_signed_in"


async def test_closing_leaves_nothing_behind(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await view(socket, 1)
        await until_gone(socket)

    line, page, _ = await line_to(behave, serve, page_factory, before=COUNT_TIMERS)
    await wait_for(page, "log.length >= 1")

    while_open = await page.evaluate("timers.size")
    await page.evaluate("live.close()")
    await until(lambda: line.open == 0)

    assert while_open == 1
    assert await page.evaluate("timers.size") == 0


async def test_thirty_cuts_pile_up_nothing(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await view(socket, len(line.queries))
        await until_gone(socket)

    line, page, _ = await line_to(behave, serve, page_factory, stale_after=5000, before=COUNT_TIMERS)

    for n in range(1, 31):
        await wait_for(page, f"log.length >= {n}")
        await page.evaluate("live.reconnect()")
    await wait_for(page, "log.length >= 31")
    await until(lambda: line.open == 1)

    assert await page.evaluate("timers.size") == 1


async def test_the_page_tells_the_servers_time(serve: Serve, page_factory: PageFactory) -> None:
    async def behave(line: Line, socket: WebSocket) -> None:
        await view(socket, 1, at="2031-01-01T00:00:00Z")
        await socket.send_json({"type": "beat", "at": "2031-01-01T00:00:05Z"})
        await until_gone(socket)

    _, page, _ = await line_to(behave, serve, page_factory, stale_after=60_000)

    await wait_for(page, "live.serverNow() >= new Date('2031-01-01T00:00:05Z')")

    assert await page.evaluate("live.serverNow() - new Date('2031-01-01T00:00:05Z')") < 20_000
