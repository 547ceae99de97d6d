"""A kiosk with a keeper: with the server, without it, and when it is back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from kiosk.keeper import slips, upstream
from queue_server.domain.devices.devices import DeviceKind
from tests.clinics import ADMIN
from tests.kiosk.keeper.keepers import PRESS, Kiosk, a_running_keeper
from tests.waiting import until


async def test_with_the_server_there_everything_is_the_servers(kiosk: Kiosk) -> None:
    given = await kiosk.press("a press of somebody")
    view = await kiosk.view()

    assert (given["number"], given["ahead"]) == ("G-001", 0)
    assert "is_kept" not in given
    assert [one["code"] for one in view["departments"]] == ["GEN", "LAB"]
    await until(lambda: len(kiosk.printer.documents) == 1)


async def test_without_the_server_a_press_still_gives_a_number_and_a_slip(kiosk: Kiosk) -> None:
    await kiosk.cut()

    first, second = await kiosk.press("first press"), await kiosk.press("second press", priority="assisted")
    again = await kiosk.press("first press")
    await until(lambda: len(kiosk.printer.documents) == 2)
    (department, _) = (await kiosk.view())["departments"]

    assert (first["number"], first["ahead"], first["wait"]) == ("G-A01", None, None)
    assert (second["number"], again) == ("G-A02", first)
    assert (department["is_open"], department["waiting"], department["wait"]) == (True, None, None)


async def test_when_it_is_back_everybody_stands_by_when_they_came(kiosk: Kiosk) -> None:
    early = await kiosk.press("before the cut")
    kiosk.clinic.clock.forward(minutes=1)
    await kiosk.cut()
    await kiosk.press("without the server")
    await kiosk.press("without the server too")
    kiosk.clinic.clock.forward(minutes=5)
    late = await kiosk.clinic.issue()

    await kiosk.hands_in(early["number"], "G-A01", "G-A02", late["number"])

    await until(kiosk.has_nothing_left)
    shown = await kiosk.clinic.anonymous.get(f"/t/{slips.link('without the server')}")
    assert shown.status_code == 200
    assert "G-A01" in shown.text


async def test_a_server_that_has_got_the_press_and_is_mute_has_no_second_number_for_it(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "SILENT_S", 0.5)
    kiosk.line.silence()

    given = await kiosk.press("into the silence")

    assert given["number"] == "G-A01"
    await kiosk.hands_in("G-A01")


async def test_a_server_that_could_not_save_for_a_moment_gets_what_was_given_out_meanwhile(kiosk: Kiosk) -> None:
    with closing(sqlite3.connect(str(kiosk.clinic.services.store.url.database), isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        given = await kiosk.press("while another program writes")
        another.execute("ROLLBACK")

    assert given["number"] == "G-A01"

    # Nobody presses anywhere: the server has no other view to show, and its line has been there all the time.
    async def is_handed_in() -> bool:
        return await kiosk.queue() == ["G-A01"]

    await until(is_handed_in)
    await kiosk.shows(is_kept=False)


@pytest.mark.parametrize("had_begun", [False, True], ids=["before the printer had it", "while it was printed"])
async def test_a_keeper_that_died_prints_when_the_page_asks_again(kiosk: Kiosk, *, had_begun: bool) -> None:
    await kiosk.cut()
    await kiosk.press("before it died")
    await until(lambda: len(kiosk.printer.documents) == 1)
    await kiosk.stop()
    kiosk.forget_printing(begun=had_begun)

    async with a_running_keeper(kiosk.settings, kiosk.printer) as page:
        again = await page.post("/kiosk/tokens", json=PRESS, headers={"Idempotency-Key": "before it died"})
        await until(lambda: len(kiosk.printer.documents) == 2)

    first, second = kiosk.printer.documents
    assert again.json()["number"] == "G-A01"
    assert (first == second) is not had_begun


async def test_a_revoked_kiosk_gives_out_nothing(kiosk: Kiosk) -> None:
    (device,) = [one for one in await kiosk.clinic.services.devices.registry.all() if one.kind == "kiosk"]
    await kiosk.clinic.services.devices.registry.revoke(device.id, by=ADMIN)

    async def is_refused() -> bool:
        answer = await kiosk.page.post("/kiosk/tokens", json=PRESS, headers={"Idempotency-Key": "a" * 16})
        return answer.status_code in {401, 403}

    await until(is_refused)


async def test_what_a_revoked_kiosk_printed_is_handed_in_when_its_machine_is_enrolled_again(kiosk: Kiosk) -> None:
    devices = kiosk.clinic.services.devices.registry
    await kiosk.cut()
    await kiosk.press("before it was revoked")
    (device,) = [one for one in await devices.all() if one.kind == "kiosk"]
    await devices.revoke(device.id, by=ADMIN)
    await kiosk.stop()
    key = await devices.add(DeviceKind.KIOSK, "Entrance again", "entrance")

    async with a_running_keeper(replace(kiosk.settings, key=key), kiosk.printer) as page:
        await kiosk.hands_in("G-A01")
        await until(kiosk.has_nothing_left)
        again = await page.post("/kiosk/tokens", json=PRESS, headers={"Idempotency-Key": "before it was revoked"})

    assert again.json()["number"] == "G-A01"
