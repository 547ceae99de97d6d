"""The display fits every screen with whatever is on it, and stays as small after a long day."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.async_api import Page, expect

from queue_server import qr_codes
from tests.browser.board_feeds import BoardFeed, board, call, doctor, earlier, many_doctors, moment
from tests.browser.checks import poor_contrast
from tests.browser.conftest import PageFactory, Screenshot, Serve
from tests.browser.display_pages import FULL_HD
from tests.browser.fitting import misplaced
from tests.waiting import left_of

pytestmark = pytest.mark.browser
SCREENS = [(1920, 1080), (1366, 768), (1080, 1920)]
#: Of the shape of the first: pictures of the largest take seconds, and the longest words are the test of the smallest.
OTHER_SCREENS = {"eight-departments": [(3840, 2160)], "wide-waits": [(1280, 720)]}
# What reaches beyond the screen or is cut off inside its box; names that are shortened with an ellipsis may be.
CUT_OFF = """
() => {
  const isWhole = (element) => {
    const box = element.getBoundingClientRect();
    return box.left >= -1 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
  };
  const spills = (e) => e.scrollHeight > e.clientHeight + 0.02 * innerHeight || e.scrollWidth > e.clientWidth + 1;
  const isSeen = (element) => element.checkVisibility() && !element.matches("audio, .visually-hidden");
  const seen = [...document.querySelectorAll(".display-head *, main *")].filter(isSeen);
  const boxes = seen.filter((e) => e.matches(".department, .recent-call, .display-head, .departments, .doctor"));
  const name = (e) => `${e.tagName}.${e.getAttribute("class")}: ${e.textContent.slice(0, 30)}`;
  return [...seen.filter((e) => !isWhole(e)), ...boxes.filter(spills)].map(name);
}
"""
CAP_HEIGHT = """
() => {
  const style = getComputedStyle(document.querySelector("#hero .giant .number"));
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return pen.measureText("H").actualBoundingBoxAscent / Math.min(innerHeight, innerWidth);
}
"""


def early(opens_at: str = "2999-11-25T03:30:00Z") -> dict[str, Any]:
    """Before the first call: one department opens later, one waits for its doctor, one has nobody on its roster."""
    seen = board(doctors=[doctor(1, "1", "GEN", "expected", opens_at), doctor(4, "3", "DEN", "expected")])
    for place, department in enumerate(seen["departments"]):
        department |= {"waiting": 0, "wait": None, "is_closing": False}
        department |= {"is_open": place > 0, "why": None if place else "hours", "opens_at": None if place else opens_at}
    return seen


def large(calls: list[dict[str, Any]]) -> dict[str, Any]:
    """Eight departments with long names, four languages, one doctor, a long name of the clinic."""
    seen = board(calls, departments=8, doctors=[doctor(1, "1", "GEN")], room_names={"3": WINDOW, "1": LONG_ROOMS["3"]})
    seen |= {
        "clinic": "Sunrise Rural Community Health Centre and Maternity Home",
        "languages": ["en", "hi", "ur", "ta"],
        "here_code": "4821",
    }
    for department in seen["departments"]:
        department |= {"is_open": True, "wait": None, "is_closing": False}
        department["names"] = {
            "en": "Children, immunisation and growth monitoring",
            "hi": "बच्चे, टीकाकरण और विकास निगरानी",
        }
    seen["departments"][0]["names"] = {
        "en": "Cardiology, hypertension and non-communicable diseases",
        "hi": "हृदय रोग, उच्च रक्तचाप और असंचारी रोगों की जाँच",
        "ur": "امراض قلب، بلند فشار خون اور غیر متعدی امراض",
        "ta": "இதயநோய், உயர் இரத்த அழுத்தம் மற்றும் தொற்றா நோய்கள்",
    }
    return seen


def crowd() -> list[dict[str, Any]]:
    """Nine calls within seconds."""
    return [call(place + 10, f"G-0{place + 20}", str(place), seconds_ago=30) for place in range(1, 10)]


#: As long as names may be.
LONG_ROOMS: dict[str, str | dict[str, str]] = {
    "3": {"en": "Pharmacy, ground floor, behind the stair", "hi": "दवा की खिड़की, भूतल, सीढ़ी के पीछे, बाईं ओर"},
    "4": "दवा खिड़की",
    "2": "Electrocardiography and echocardiography"[:40],
    "1": "Minor operation theatre and dressing room"[:40],
}

#: A room in every language.
WINDOW = {
    "en": "Pharmacy window",
    "hi": "दवा की खिड़की",
    "bn": "ওষুধের জানালা",
    "mr": "औषधांची खिडकी",
    "te": "మందుల కిటికీ",
    "ta": "மருந்து சாளரம்",
    "gu": "દવાની બારી",
    "kn": "ಔಷಧಿ ಕಿಟಕಿ",
    "ur": "دوا کی کھڑکی",
}


def wide_waits() -> dict[str, Any]:
    """Three departments, and of each the longest words there are for a wait."""
    seen = board([*earlier(), call(6, "G-012", "3", seconds_ago=200)], doctors=many_doctors())
    for department in seen["departments"]:
        department |= {"is_open": True, "is_closing": False}
        department["wait"] = {"words": "wait_wide", "values": {"likely": 25, "high": 120}, "minutes": 25}
    return seen


SCENES: dict[str, Callable[[], dict[str, Any]]] = {
    "nobody-called-yet": early,
    "a-usual-morning": lambda: board([*earlier(), call(6, "G-012", "3", seconds_ago=200)]),
    "wide-waits": wide_waits,
    "one-department": lambda: board([call(6, "G-012", "3", seconds_ago=200)], departments=1),
    "eight-departments": lambda: board(
        [*earlier(), call(6, "M-1012", "OPD-12", seconds_ago=200)], departments=8, doctors=many_doctors()
    ),
    "six-departments": lambda: board(
        [*earlier(), call(6, "M-1012", "3", seconds_ago=200)], departments=6, room_names=LONG_ROOMS
    ),
    "a-notice": lambda: {
        **board([*earlier(), call(6, "G-012", "3", seconds_ago=200)], departments=4),
        "notices": {"en": "On Friday there is no doctor for children. Please come on Saturday."},
    },
    "a-crowd": lambda: board([*earlier(), *crowd()], departments=4, room_names={"9": "Pharmacy window", **LONG_ROOMS}),
}


async def test_every_language_fits_and_keeps_its_order(
    serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(width=1366, height=768, reduced_motion="reduce")
    wrong = list[str]()
    for languages in (["ur", "en"], ["ta", "te"], ["bn", "kn"], ["gu", "mr"]):
        rooms: dict[str, str | dict[str, str]] = {"3": WINDOW, "1": WINDOW}
        view = board([*earlier(), call(6, "G-012", "3", seconds_ago=200)], departments=4, room_names=rooms)
        feed.data = {**view, "languages": languages, "notices": {"en": "No doctor on Friday"}, "here_code": "4821"}
        await page.goto(f"{server.url}/display/main")
        await page.wait_for_selector(".department")
        await screenshot(page, f"display-{languages[0]}")
        found = await misplaced(page, ".department, .recent-call, .hero-call, .badge, .display-head")
        wrong += [f"{languages}: {one}" for one in [*found, *await page.evaluate(CUT_OFF)]]
        # The English name is shown where the department has none in the language.
        assert await page.inner_text(".hero-call .names") == "General"
        assert await page.locator(".hero-call .place span").all_inner_texts() == [WINDOW[code] for code in languages]
        if "ur" in languages:
            assert "\u206611:10–11:50\u2069" in await page.inner_text("main")
    assert wrong == []


async def test_a_display_of_all_languages_shows_a_few_at_a_time(
    serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(width=1366, height=768, reduced_motion="reduce")
    view = board([*earlier(), call(6, "G-012", "3", seconds_ago=200)], departments=4, room_names={"3": WINDOW})
    for department in view["departments"]:
        department["names"] = WINDOW
    feed.data = {**view, "languages": [*WINDOW], "notices": WINDOW, "here_code": "4821"}
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    await screenshot(page, "display-nine-languages")
    found = await misplaced(page, ".department, .recent-call, .hero-call, .badge, .display-head")

    assert [*found, *await page.evaluate(CUT_OFF)] == []
    for words in (page.locator(".department h2").first, page.locator("#notice .words")):
        assert await words.locator("span").all_inner_texts() == [*WINDOW.values()][:3]


@pytest.mark.parametrize("count", range(1, 10))
async def test_each_language_of_a_display_is_there_in_its_turn_beside_three_others_at_most(
    serve: Serve, page_factory: PageFactory, count: int
) -> None:
    server = await serve(BoardFeed().app)
    page = await page_factory()
    await page.goto(f"{server.url}/display/main")
    languages = [*WINDOW][:count]

    shown = await page.evaluate(
        """async (languages) => {
          const { atOnce } = await import("/static/test/js/display/words.js");
          return languages.map((_, turn) => atOnce(languages, turn + 2 * languages.length));
        }""",
        languages,
    )

    assert all(language in group for language, group in zip(languages, shown, strict=True))
    assert {len(group) for group in shown} <= {1, 2, 3, 4}
    assert all(group == languages for group in shown) == (count <= 4)


async def test_a_notice_that_none_of_the_languages_has_is_shown_in_english(
    serve: Serve, page_factory: PageFactory
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(width=1920, height=1080, reduced_motion="reduce")
    feed.data = {**board([]), "languages": ["ta", "te"], "notices": {"en": "No doctor on Friday"}}
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector("#notice:not([hidden])")

    assert await page.inner_text("#notice .words") == "No doctor on Friday"


async def test_the_code_of_the_waiting_room_is_told_in_one_language_after_the_other_and_changes_by_itself(
    serve: Serve, page_factory: PageFactory
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, reduced_motion="reduce")
    feed.data = {**board([]), "languages": ["en", "hi"], "here_code": "4821"}
    await page.goto(f"{server.url}/display/main")
    code, words = page.locator("#here-code b"), page.locator("#here-code span")
    await expect(code).to_have_text("4821")
    await expect(words).to_have_text("Code for “I am here”")
    await expect(words).to_have_text("“मैं यहाँ हूँ” का कोड", timeout=20_000)

    await feed.show({**feed.data, "here_code": "1357"})
    await expect(code).to_have_text("1357")
    await feed.show({**feed.data, "here_code": ""})
    await expect(page.locator("#here-code")).to_be_hidden()


@pytest.mark.parametrize("scene", SCENES)
async def test_every_clinic_fits_every_screen(
    scene: str, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    feed, wrong = BoardFeed(), list[str]()
    feed.data = SCENES[scene]()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, reduced_motion="reduce")
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")

    for width, height in [*SCREENS, *OTHER_SCREENS.get(scene, [])]:
        await page.set_viewport_size({"width": width, "height": height})
        await screenshot(page, f"display-{scene}-{width}x{height}")
        found = [*await page.evaluate(CUT_OFF), *await poor_contrast(page)]
        wrong += [f"{width}×{height}: {one}" for one in found]
        if scene != "nobody-called-yet" and width > height and await page.evaluate(CAP_HEIGHT) < 0.23:
            wrong.append(f"{width}×{height}: the number is too small")

    assert wrong == []


async def test_before_the_first_call_the_display_says_when_it_opens_and_who_comes(
    serve: Serve, page_factory: PageFactory
) -> None:
    feed = BoardFeed()
    feed.data = early(opens_at=moment(-60))
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, reduced_motion="reduce")
    await page.goto(f"{server.url}/display/main")
    cards = page.locator(".department")

    await expect(page.locator("#welcome-clock")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    await expect(page.locator("#welcome-date span").first).to_have_text(re.compile(r"^\w+day \d+ \w+$"))
    await expect(page.locator("#welcome-words span").first).to_have_text(re.compile("Welcome"))
    await expect(cards.nth(0).locator(".nobody")).to_have_text(re.compile(r"^Opens (on \w+ )?at \d\d:\d\d$|खुलेगा"))
    await expect(cards.nth(0).locator(".doctor")).to_contain_text(re.compile("Doctor 1.*Room 1"))
    await expect(cards.nth(1).locator(".doctor")).to_contain_text(re.compile("Not here yet|अभी नहीं"))
    await expect(cards.nth(2).locator(".nobody")).to_have_text(re.compile("No doctor on duty yet|अभी कोई"))
    await expect(page.locator(".waiting:visible")).to_have_count(0)

    # All closed: the display itself says when it opens.
    closed = early(opens_at="2999-11-25T03:30:00Z")
    for department in closed["departments"]:
        department |= {"is_open": False, "opens_at": "2999-11-25T03:30:00Z"}
    await feed.show(closed)
    await expect(page.locator("#welcome-words span").first).to_have_text("Opens on Monday at 09:00")
    await expect(page.locator("#welcome-words span").nth(1)).to_have_text("सोमवार को 09:00 बजे खुलेगा")


async def _wrong_with_a_code(page: Page) -> list[str]:
    """What does not fit."""
    found = await misplaced(page, ".welcome-texts, .abha, .department, .notice")
    return [*found, *await page.evaluate(CUT_OFF), *await poor_contrast(page)]


async def test_the_code_for_abha_apps_is_a_third_of_the_display_until_the_first_call(
    serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    feed, wrong = BoardFeed(), list[str]()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, reduced_motion="reduce")
    picture = qr_codes.svg("https://phrsbx.abdm.gov.in/share-profile?hip-id=IN2710000042&counter-id=GEN").decode()
    await page.route("**/abdm/codes/GEN.svg", lambda route: route.fulfill(body=picture, content_type="image/svg+xml"))
    with_code = {"languages": ["en", "hi", "ur"], "abha_code": "GEN", "abha_sms": True}
    for name, view in (("small", early()), ("large", large([])), ("calls", {**early(), "layout": "calls"})):
        feed.data = {**view, **with_code, "notices": {"en": "No doctor on Friday"} if name == "large" else {}}
        await page.goto(f"{server.url}/display/main")
        await expect(page.locator("#abha")).to_be_visible()
        await expect(page.locator("#abha-agreed span")).to_have_count(3)
        await expect(page.locator("#abha-names span").first).to_have_text(view["departments"][0]["names"]["en"])
        for width, height in SCREENS:
            await page.set_viewport_size({"width": width, "height": height})
            await screenshot(page, f"display-abha-{name}-{width}x{height}")
            # Until the fonts of all languages are in use texts may lie elsewhere for a moment.
            found = await left_of(partial(_wrong_with_a_code, page))
            wrong += [f"{name} {width}×{height}: {one}" for one in found]
            side = await page.locator("#abha-code").evaluate("(code) => code.getBoundingClientRect().width")
            if side < 0.29 * min(width, height):
                wrong.append(f"{name} {width}×{height}: a code of {side} pixels")
    assert wrong == []

    await feed.show({**feed.data, "abha_sms": False})
    await expect(page.locator("#abha-agreed span")).to_have_count(0)
    await feed.show({**feed.data, "calls": [call(6, "G-012", "3", seconds_ago=200)]})
    await expect(page.locator("#abha")).to_be_hidden()


async def test_a_large_clinic_fits_before_the_first_call_and_after_it(
    serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, reduced_motion="reduce")
    wrong, shortened = list[str](), dict[str, int]()
    for name, calls in (("before", []), ("after", [*earlier(), call(6, "G-012", "3", seconds_ago=200)])):
        feed.data = large(calls)
        await page.goto(f"{server.url}/display/main")
        await page.wait_for_selector(".department")
        for width, height in ((1920, 1080), (1366, 768), (1080, 1920)):
            await page.set_viewport_size({"width": width, "height": height})
            found = await misplaced(page, ".department, .recent-call, .hero-call, .welcome, .display-head")
            found += await page.evaluate(CUT_OFF)
            wrong += [f"{name} {width}×{height}: {one}" for one in found]
            await screenshot(page, f"display-large-{name}-{width}x{height}")
            shortened[f"{name} {width}"] = await page.locator('.department[data-tight=""]').count()

    assert wrong == []
    # Two languages have room for two lines each where no doctor's line stands below.
    assert shortened["before 1080"] == 0
    assert shortened["after 1920"] < 8


@pytest.mark.parametrize(("warm", "end"), [(150, 400), pytest.param(400, 1200, marks=pytest.mark.thorough)])
async def test_many_hundreds_of_frames_leave_nothing_behind(
    serve: Serve, page_factory: PageFactory, warm: int, end: int
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, reduced_motion="reduce")
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")

    async def play(frames: range) -> tuple[int, float, int]:
        for n in frames:
            calls = [call(n + k, f"G-{(n + k) % 1000:03}", str(k), seconds_ago=60 * (9 - k)) for k in range(1, 10)]
            data = board(calls, departments=3 + n % 6, doctors=many_doctors()[n % 20 :])
            data["departments"][0]["waiting"] = n
            await feed.show(data)
            if n % 100 == 0 or n == frames[-1]:
                shown = "(n) => document.querySelector('.waiting-count').textContent === String(n)"
                await page.wait_for_function(shown, arg=n, timeout=60_000)
        client = await page.context.new_cdp_session(page)
        await client.send("HeapProfiler.collectGarbage")
        counters = await client.send("Memory.getDOMCounters")
        heap = await client.send("Runtime.getHeapUsage")
        await client.detach()
        kept = await page.evaluate("JSON.stringify(localStorage).length")
        return counters["nodes"], heap["usedSize"], kept

    await play(range(1, warm // 2))
    nodes_before, heap_before, kept_before = await play(range(warm // 2, warm))
    nodes_after, heap_after, kept_after = await play(range(warm, end))

    assert nodes_after < nodes_before * 1.2 + 200
    assert heap_after < heap_before * 1.2 + 500_000
    assert kept_after < kept_before + 2000
