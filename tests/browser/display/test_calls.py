"""Calls on the display of a waiting room: shown at once, announced once and in order, whatever is done and undone."""

import asyncio
from datetime import timedelta

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from tests.browser.board_feeds import BoardFeed, board, doctor, earlier
from tests.browser.conftest import PageFactory, Screenshot, Serve
from tests.browser.display_pages import DOCTOR, FULL_HD, all_shown, issue, open_display, recent, shows
from tests.browser.server import ServedClinic
from tests.waiting import until

pytestmark = pytest.mark.browser


async def test_a_call_is_shown_with_its_room_and_announced_once(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    page = await page_factory(**FULL_HD)
    heard = await open_display(page, clinic)
    await page.wait_for_selector("text=Welcome")
    await screenshot(page, "display-welcome")
    await issue(clinic, "GEN", "GEN", "DEN")
    await page.wait_for_function("() => document.querySelector('[data-code=GEN] .waiting-count').textContent === '2'")

    await clinic.services.queue.calling.call_next("1", by=DOCTOR)

    await shows(page, "G-001", "1")
    await page.wait_for_selector(".hero-call[data-new]")
    await screenshot(page, "display-called")
    await page.wait_for_function("() => document.querySelector('[data-code=GEN] .waiting-count').textContent === '1'")
    await until(lambda: heard.is_quiet and len(heard.calls) == 1)
    assert await page.locator(".hero-call[data-new]").count() == 0
    assert heard.numbers == ["G-001"]


async def test_five_calls_in_the_same_second_are_all_shown_and_announced_in_order(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    page = await page_factory(**FULL_HD)
    heard = await open_display(page, clinic)
    numbers = await issue(clinic, "GEN", "DEN", "ENT", "LAB", "MAT")

    await asyncio.gather(*(clinic.services.queue.calling.call_next(room, by=DOCTOR) for room in "12345"))

    await page.wait_for_function("() => document.querySelectorAll('.recent-call').length === 4")
    expected = {f"{number} {room}" for number, room in zip(numbers, "12345", strict=True)}
    assert await all_shown(page) == expected
    await screenshot(page, "display-five-at-once")
    await until(lambda: heard.is_quiet and len(heard.calls) == 5, within_s=40)
    assert heard.calls == sorted(heard.calls)
    assert sorted(heard.numbers) == sorted(numbers)
    assert not heard.overlaps()
    assert await all_shown(page) == expected


async def test_a_recall_is_announced_again_and_an_undone_call_is_gone(
    clinic: ServedClinic, page_factory: PageFactory
) -> None:
    page = await page_factory(**FULL_HD)
    heard = await open_display(page, clinic)
    await issue(clinic, "GEN", "DEN", "ENT")
    calling = clinic.services.queue.calling
    called = await calling.call_next("1", by=DOCTOR)
    assert called is not None
    await shows(page, "G-001", "1")

    await calling.call_next("2", by=DOCTOR)
    await calling.call_next("3", by=DOCTOR)
    await page.wait_for_selector("text=D-001")
    await calling.undo("2", by=DOCTOR)
    await page.wait_for_selector("text=D-001", state="detached")
    await calling.recall(called.token_id, by=DOCTOR)

    await until(lambda: heard.is_quiet and len(heard.calls) == 3, within_s=30)
    assert heard.numbers == ["G-001", "E-001", "G-001"]
    assert await recent(page) == ["E-001 3"]


async def test_a_call_that_is_undone_while_it_is_announced_is_cut_short(
    clinic: ServedClinic, page_factory: PageFactory
) -> None:
    page = await page_factory(**FULL_HD)
    heard = await open_display(page, clinic)
    await issue(clinic, "GEN")
    await clinic.services.queue.calling.call_next("1", by=DOCTOR)
    await until(lambda: len(heard.calls) == 1)

    await clinic.services.queue.calling.undo("1", by=DOCTOR)

    await page.wait_for_selector("text=Welcome")
    await until(lambda: heard.is_quiet, within_s=3)


async def test_a_reload_in_the_middle_announces_nothing_twice(clinic: ServedClinic, page_factory: PageFactory) -> None:
    page = await page_factory(**FULL_HD)
    heard = await open_display(page, clinic)
    await issue(clinic, "GEN", "DEN", "ENT", "LAB")
    for room in "123":
        await clinic.services.queue.calling.call_next(room, by=DOCTOR)
    await until(lambda: len(heard.calls) == 2)

    await page.reload()
    await page.wait_for_selector(".department")

    await until(lambda: heard.is_quiet and len(heard.calls) == 3, within_s=20)
    await page.reload()
    await page.wait_for_selector(".hero-call")
    await clinic.services.queue.calling.call_next("4", by=DOCTOR)
    await until(lambda: len(heard.calls) == 4)
    assert heard.numbers == ["G-001", "D-001", "E-001", "L-001"]


async def test_the_last_call_is_told_to_the_server(serve: Serve, page_factory: PageFactory) -> None:
    feed = BoardFeed()
    feed.data = board(earlier())
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".hero-call")

    await page.reload()
    await page.wait_for_selector(".hero-call")

    assert feed.asked_after == ["0", "5"]


async def test_the_state_of_each_doctor_is_told_and_changes_by_itself(
    clinic: ServedClinic, page_factory: PageFactory
) -> None:
    page = await page_factory(**FULL_HD)
    await open_display(page, clinic)
    services = clinic.services
    await services.people.accounts.create("doctor1", "a long password", Role.DOCTOR, "Doctor 1")
    who = await services.people.accounts.by_login("doctor1")
    assert who is not None
    on_duty = Actor(ActorKind.DOCTOR, who.id, who.name)
    row = page.locator("[data-code=GEN] .doctor")

    await services.queue.duties.change("1", DutyState.ON_DUTY, doctor=on_duty)
    await page.wait_for_selector("[data-code=GEN] .doctor[data-duty=on_duty]")
    present = await row.inner_text()
    back_at = services.clinic.queues.now() + timedelta(minutes=30)
    await services.queue.duties.change("1", DutyState.ON_BREAK, doctor=on_duty, reason="tea", back_at=back_at)
    await page.wait_for_selector("[data-code=GEN] .doctor[data-duty=on_break]")

    assert present.split("\n") == ["Doctor 1", "1", "On duty"]
    assert "Back at " in await row.inner_text()


async def test_more_doctors_than_places_take_turns_and_change_their_language(
    serve: Serve, page_factory: PageFactory
) -> None:
    feed = BoardFeed()
    feed.data = board(departments=3, doctors=[doctor(n, str(n), "GEN") for n in range(1, 7)])
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".doctor")
    names = "[...document.querySelectorAll('.doctor-name')].map((e) => e.textContent)"
    first = await page.evaluate(names)

    await page.wait_for_selector(".doctor-state[lang=hi]")
    await page.wait_for_function(f"() => {names}.includes('Doctor 6')")

    assert first == ["Doctor 1", "Doctor 2", "Doctor 3", "Doctor 4"]
    assert await page.evaluate(names) == ["Doctor 5", "Doctor 6"]
