"""Alerts on a phone whose page is closed: subscribing by a touch, and what the browser then shows."""

import json
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import expect

from queue_server.alerts.web_push import PushDriver, prepare_key
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.alerts.alerts import Holder
from queue_server.services.queue.issuing import IssueRequest
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.server import a_served_clinic
from tests.waiting import until

pytestmark = pytest.mark.browser

#: No push service can be reached from a test; everything on this side of it is real.
SUBSCRIBE = """
const kept = { endpoint: "https://push.test/1", keys: { p256dh: "k".repeat(86) + "A", auth: "a".repeat(22) } };
PushManager.prototype.subscribe = async () => {
  localStorage.subscribed = "yes";
  return { toJSON: () => kept };
};
PushManager.prototype.getSubscription = async () => (localStorage.subscribed ? { toJSON: () => kept } : null);
"""


def push(folder: Path) -> PushDriver:
    """A driver with a key of its own; nothing is sent with it here."""
    return PushDriver(partial(prepare_key, folder / "push.pem"), "desk@clinic.test")


async def test_a_touch_lets_the_phone_tell_while_no_page_is_open(
    page_factory: PageFactory, screenshot: Screenshot, tmp_path: Path
) -> None:
    async with a_served_clinic(tmp_path, drivers=[push(tmp_path)]) as clinic:
        issued = await clinic.services.queue.issuing.issue(
            IssueRequest("GEN", language="hi"), by=Actor(ActorKind.DESK, 1)
        )
        page = await page_factory(width=390, height=844, permissions=["notifications"])
        await page.add_init_script(SUBSCRIBE)

        await page.goto(f"{clinic.url}/t/{issued.key}")
        await page.click(f"[href='/t/{issued.key}/alerts']")
        await screenshot(page, "phone-alerts-hi", full_page=True)
        await page.click("#push")

        await expect(page.locator("#push[aria-pressed=true]")).to_be_visible()
        (address,) = await clinic.services.alerts.preferences.addresses(Holder(token_id=issued.token_id))
        assert json.loads(address.to)["endpoint"] == "https://push.test/1"
        await page.click("#push")
        await expect(page.locator("#push[aria-pressed=false]")).to_be_visible()
        assert await clinic.services.alerts.preferences.addresses(Holder(token_id=issued.token_id)) == []
        await page.context.close()


async def test_a_note_that_arrives_is_shown_and_opens_the_numbers_page(
    whole_page_factory: PageFactory, tmp_path: Path
) -> None:
    async with a_served_clinic(tmp_path, drivers=[push(tmp_path)]) as clinic:
        issued = await clinic.services.queue.issuing.issue(IssueRequest("GEN"), by=Actor(ActorKind.DESK, 1))
        page = await whole_page_factory(width=390, height=844, permissions=["notifications"])
        await page.goto(f"{clinic.url}/t/{issued.key}/alerts")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        devtools = await page.context.new_cdp_session(page)
        registrations: list[str] = []
        devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
        )
        await devtools.send("ServiceWorker.enable")
        await until(lambda: bool(registrations))
        note = {"title": "Clinic", "body": "G-001: please come to room 3 now.", "tag": "m1", "link": f"/t/{issued.key}"}

        pushed = {"origin": clinic.url, "registrationId": registrations[-1], "data": json.dumps(note)}
        await devtools.send("ServiceWorker.deliverPushMessage", pushed)

        shown = "navigator.serviceWorker.ready.then((w) => w.getNotifications()).then((all) => all.length)"
        await page.wait_for_function(f"async () => (await {shown}) === 1")
        told = await page.evaluate(
            "navigator.serviceWorker.ready.then((w) => w.getNotifications()).then(([n]) => [n.title, n.body, n.tag])"
        )
        assert told == ["Clinic", "G-001: please come to room 3 now.", "m1"]
        await page.context.close()
