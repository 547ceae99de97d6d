"""js/shared: texts, times, requests and lists, run in a real browser."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Page
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiosk.bidi import isolated
from tests.browser.conftest import PageFactory, Serve
from tests.browser.rendering import pages
from tests.domain.clinic.test_names import RULE

pytestmark = pytest.mark.browser
DATA: dict[str, Any] = {
    "time_zone": "Asia/Kolkata",
    "texts": {
        "room": "Room %(room)s is 100%% free",
        "people": {"one": "%(count)s person", "other": "%(count)s people"},
        "minutes": "%(count)s min",
        "hours_minutes": "%(hours)s h %(minutes)s min",
        "wait_range": "about %(low)s–%(high)s minutes",
        "wait_short": "less than %(high)s minutes",
        "wait_wide": "about %(likely)s minutes, seldom more than %(high)s",
        "wait_clock": "about %(from)s–%(until)s",
    },
}


def blank(language: str) -> str:
    data = json.dumps(DATA)
    return (
        f"<!doctype html><html lang='{language}' data-icons='/static/test/icons/icons.svg'><title>Blank</title>"
        "<link rel='icon' href='data:,'>"
        f"<body><script type='application/json' id='page-data'>{data}</script><ul></ul></body></html>"
    )


async def blank_page(serve: Serve, page_factory: PageFactory, *routes: Route, may_fail: bool = False) -> Page:
    server = await serve(pages(*routes, blank=blank))
    page = await page_factory(may_fail=may_fail)
    await page.goto(f"{server.url}/blank")
    return page


async def run(page: Page, module: str, script: str) -> Any:
    """The value of a function body that has the module's exports as `m`."""
    return await page.evaluate(
        f"(async () => {{ const m = await import('/static/test/js/shared/{module}'); {script} }})()"
    )


async def test_texts_fill_their_places_and_choose_their_plural(serve: Serve, page_factory: PageFactory) -> None:
    page = await blank_page(serve, page_factory)

    said = await run(
        page,
        "texts.js",
        "return [m.text('room', {room: 3}), m.text('people', {count: 1}), m.text('people', {count: 4}), m.text('no')]",
    )

    assert said == ["Room 3 is 100% free", "1 person", "4 people", "no"]


async def test_what_the_clinic_has_not_written_in_a_language_is_borrowed_as_the_server_does(
    serve: Serve, page_factory: PageFactory
) -> None:
    page = await blank_page(serve, page_factory)
    asked = json.dumps([[texts, language] for texts, language, _ in RULE])

    shown = await run(page, "texts.js", f"return {asked}.map(([texts, language]) => m.textIn(texts, language))")
    nothing = await run(page, "texts.js", "return m.textIn(undefined)")

    assert (shown, nothing) == ([text for *_, text in RULE], "")


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        ('{words: "wait_short", values: {high: 15}, minutes: 10}', "less than 15 minutes"),
        ('{words: "wait_wide", values: {likely: 10, high: 45}, minutes: 10}', "about 10 minutes, seldom more than 45"),
        ('{words: "wait_range", values: {low: 20, high: 35}, minutes: 30}', "about 20–35 minutes"),
        ('{words: "wait_clock", values: {from: "11:10", until: "11:35"}, minutes: 80}', "about 11:10–11:35"),
        ("null", ""),
    ],
)
async def test_a_wait_is_said_in_the_words_that_the_server_chose(
    wait: str, words: str, serve: Serve, page_factory: PageFactory
) -> None:
    page = await blank_page(serve, page_factory)

    said = await run(page, "format.js", f"return m.waitRange({wait})")

    assert said == words


async def test_times_are_the_clinics_and_durations_are_whole_minutes(serve: Serve, page_factory: PageFactory) -> None:
    page = await blank_page(serve, page_factory)

    times = await run(page, "format.js", "return [m.clock('2026-11-22T04:31:07Z'), m.clock('2026-11-22T18:30:00Z')]")
    durations = await run(page, "durations.js", "return [m.elapsed(-5), m.elapsed(779999), m.elapsed(3900000)]")

    assert times == ["10:01", "00:00"]
    assert durations == ["0 min", "12 min", "1 h 5 min"]


async def test_a_press_keeps_its_key_through_every_retry(serve: Serve, page_factory: PageFactory) -> None:
    keys: list[str | None] = []

    async def press(request: Request) -> Response:
        keys.append(request.headers.get("idempotency-key"))
        if len(keys) < 3:
            return Response(status_code=503)
        return JSONResponse({"number": "G-012", "said": await request.json()})

    page = await blank_page(serve, page_factory, Route("/press", press, methods=["POST"]), may_fail=True)

    answer = await run(page, "post.js", "return m.post('/press', {department: 'GEN'})")

    assert answer == {"number": "G-012", "said": {"department": "GEN"}}
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert len(keys[0] or "") >= 32


async def test_an_answer_that_takes_too_long_is_asked_for_again(serve: Serve, page_factory: PageFactory) -> None:
    keys: list[str | None] = []
    asked_again = asyncio.Event()

    async def press(request: Request) -> Response:
        keys.append(request.headers.get("idempotency-key"))
        if len(keys) == 1:
            await asked_again.wait()
        asked_again.set()
        return JSONResponse({"ok": True})

    page = await blank_page(serve, page_factory, Route("/press", press, methods=["POST"]))

    answer = await run(page, "post.js", "return m.post('/press', {}, {timeout: 200})")

    assert answer == {"ok": True}
    assert len(set(keys)) == 1
    assert len(keys) == 2


async def test_two_presses_have_two_keys_even_without_a_secure_origin(serve: Serve, page_factory: PageFactory) -> None:
    page = await blank_page(serve, page_factory)

    first, second, plain = await run(
        page,
        "post.js",
        "const secure = [m.newKey(), m.newKey()];"
        "Object.defineProperty(crypto, 'randomUUID', {value: undefined});"
        "return [...secure, m.newKey()]",
    )

    assert first != second
    assert len(plain) == 32
    assert int(plain, 16) > 0


async def test_a_designed_error_is_thrown_at_once_with_its_code(serve: Serve, page_factory: PageFactory) -> None:
    attempts: list[int] = []

    async def refuse(request: Request) -> Response:
        attempts.append(1)
        error = {"code": "illegal_transition", "message": "Token G-012 is attended.", "details": {"number": "G-012"}}
        return JSONResponse({"error": error}, status_code=409)

    page = await blank_page(serve, page_factory, Route("/press", refuse, methods=["POST"]), may_fail=True)

    thrown = await run(
        page,
        "post.js",
        "const error = await m.post('/press').catch((e) => e);"
        "return [error instanceof m.PostError, error.code, error.message, error.status, error.details.number]",
    )

    assert thrown == [True, "illegal_transition", "Token G-012 is attended.", 409, "G-012"]
    assert len(attempts) == 1


async def test_no_content_is_nothing_and_a_foreign_answer_is_an_error(serve: Serve, page_factory: PageFactory) -> None:
    async def empty(request: Request) -> Response:
        return Response(status_code=204)

    async def foreign(request: Request) -> Response:
        return Response("<h1>Log in to the hotel's network</h1>")

    routes = [Route("/empty", empty, methods=["POST"]), Route("/foreign", foreign, methods=["POST"])]
    page = await blank_page(serve, page_factory, *routes)

    said = await run(page, "post.js", "return [await m.post('/empty'), await m.post('/foreign').catch((e) => e.code)]")

    assert said == [None, "bad_answer"]


async def test_a_server_that_is_away_is_unreachable_after_the_last_attempt(
    serve: Serve, page_factory: PageFactory
) -> None:
    page = await blank_page(serve, page_factory, may_fail=True)

    said = await run(
        page,
        "post.js",
        "const tries = [];"
        "const options = {attempts: 2, onRetry: (n) => tries.push(n)};"
        "const error = await m.post('http://127.0.0.1:9/', {}, options).catch((e) => e);"
        "return [error.code, error.status, tries]",
    )

    assert said == ["unreachable", 0, [2]]


async def test_a_list_changes_without_making_its_rows_anew(serve: Serve, page_factory: PageFactory) -> None:
    page = await blank_page(serve, page_factory)

    said = await run(
        page,
        "dom.js",
        """
        const list = document.querySelector("ul");
        const show = (items) => m.reconcile(list, items, (item) => item.id,
          (item) => m.el("li", { "data-id": item.id, tabindex: 0 }),
          (row, item) => m.setText(row, item.text));
        show([{ id: 1, text: "a" }, { id: 2, text: "b" }, { id: 3, text: "c" }]);
        const before = [...list.children];
        before[1].focus();
        let moves = 0;
        const watch = new MutationObserver((records) => { moves += records.length; });
        watch.observe(list, { childList: true });
        show([{ id: 2, text: "b" }, { id: 3, text: "C" }, { id: 4, text: "d" }]);
        moves += watch.takeRecords().length;
        return {
          texts: [...list.children].map((row) => row.textContent),
          kept: list.children[0] === before[1] && list.children[1] === before[2],
          focused: document.activeElement === before[1],
          moves,
        };
        """,
    )

    assert said == {"texts": ["b", "C", "d"], "kept": True, "focused": True, "moves": 2}


async def test_a_list_can_be_turned_round(serve: Serve, page_factory: PageFactory) -> None:
    page = await blank_page(serve, page_factory)

    said = await run(
        page,
        "dom.js",
        """
        const list = document.querySelector("ul");
        const show = (items) => m.reconcile(list, items, (item) => item, (item) => m.el("li", {}, item));
        const orders = [];
        for (const items of [["a", "b", "c", "d"], ["d", "c", "b", "a"], ["b"], [], ["c", "a", "b"]]) {
          show(items);
          orders.push([...list.children].map((row) => row.textContent).join(""));
        }
        return orders;
        """,
    )

    assert said == ["abcd", "dcba", "b", "", "cab"]


async def test_elements_and_icons_are_made_as_asked(serve: Serve, page_factory: PageFactory) -> None:
    page = await blank_page(serve, page_factory)

    said = await run(
        page,
        "dom.js",
        """
        let pressed = 0;
        const press = () => { pressed += 1; };
        const button = m.el("button", { class: "button", disabled: false, hidden: true, onclick: press },
          m.icon("bell"), "Call ", 3, null, false);
        button.click();
        return [button.outerHTML, pressed, m.icon("bell", "Called").getAttribute("aria-label")];
        """,
    )

    assert said == [
        '<button class="button" hidden=""><svg class="icon" aria-hidden="true">'
        '<use href="/static/test/icons/icons.svg#bell"></use></svg>Call 3</button>',
        1,
        "Called",
    ]


@pytest.mark.parametrize("run_of_digits", ["1-0-0", "10–20", "040 2345 6789", "22-11-2026", "+91 40 2345 6789"])
async def test_a_page_from_right_to_left_shows_numbers_as_they_were_written(
    serve: Serve, page_factory: PageFactory, run_of_digits: str
) -> None:
    page = await blank_page(serve, page_factory)

    places = await run(
        page,
        "texts.js",
        f"""const line = document.createElement("p");
        line.dir = "rtl";
        line.textContent = m.text("کمرہ {run_of_digits} منٹ");
        document.body.append(line);
        const letters = line.firstChild;
        return [...letters.data].flatMap((letter, index) => {{
          if (!/[0-9]/.test(letter)) return [];
          const range = document.createRange();
          range.setStart(letters, index);
          range.setEnd(letters, index + 1);
          return [range.getBoundingClientRect().x];
        }});""",
    )

    assert len(places) == sum(letter.isdigit() for letter in run_of_digits)
    assert places == sorted(places)


async def test_pages_and_papers_isolate_the_same_runs(serve: Serve, page_factory: PageFactory) -> None:
    page = await blank_page(serve, page_factory)
    lines = [
        "کمرہ 10–20 منٹ، 1-0-0",
        "سوال 5، 10",
        "(250 mg/5 ml) دوا",
        "فون (040) 2345 6789",
        "کمرہ G-012",
        "½-0-1 دوا",
        "دوا 1 tab-0-1 tab، 2x5 ml، IV 5-10",
        "فون +91 (40) 2345 6789، کمرہ G-012، 12-B",
        "دوا −2.50 / −0.75، ۱-۰-۰",
    ]

    said = await run(page, "bidi.js", f"return {json.dumps(lines)}.map(m.isolated);")

    assert said == [isolated(line) for line in lines]
