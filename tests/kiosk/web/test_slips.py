"""POST /kiosk/slip and what its holder does there."""

import httpx2

from queue_server.web.limits import WRONG_LINKS
from tests.running import Running


async def test_a_slip_is_read_and_given_up_with_one_press(running: Running, kiosk: httpx2.AsyncClient) -> None:
    token = await running.issue()
    sent = {"key": token["status_url"].split("/")[-1]}

    shown = await kiosk.post("/kiosk/slip", json=sent)
    given_up = await kiosk.post("/kiosk/slip/give-up", json=sent, headers={"Idempotency-Key": "press"})
    again = await kiosk.post("/kiosk/slip/give-up", json=sent, headers={"Idempotency-Key": "press"})
    back = await kiosk.post("/kiosk/slip/return", json=sent)

    assert (shown.json()["number"], shown.json()["can_give_up"]) == ("G-001", True)
    assert given_up.json()["state"] == "cancelled"
    assert again.json() == given_up.json()
    assert (back.status_code, back.json()["error"]["code"]) == (409, "illegal_transition")


async def test_codes_that_are_no_slips_say_nothing_and_are_counted(running: Running, kiosk: httpx2.AsyncClient) -> None:
    token = await running.issue()
    for sent in ("x" * 24, "", token["number"], token["status_url"]):
        answer = await kiosk.post("/kiosk/slip", json={"key": sent})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_token")
    for guess in range(WRONG_LINKS.amount):
        last = await kiosk.post("/kiosk/slip", json={"key": f"guess-{guess}"})
    assert last.status_code == 429


async def test_only_the_kiosks_page_may_use_a_camera(running: Running, kiosk: httpx2.AsyncClient) -> None:
    screen, other = await kiosk.get("/kiosk"), await kiosk.get("/")

    assert "camera=(self)" in screen.headers["permissions-policy"]
    assert "camera=()" in other.headers["permissions-policy"]
