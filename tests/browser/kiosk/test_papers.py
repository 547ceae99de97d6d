"""The kiosk: whoever holds a slip has the medicines printed, with its QR at the scanner and its digits."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import Missing, RecordKind
from queue_server.services.access.slip_digits import SlipDigits
from queue_server.services.queue.issuing import IssuedToken, IssueRequest
from tests.browser.conftest import Screenshot
from tests.browser.kiosks import Kiosk, OpenKiosk, in_hindi
from tests.browser.scanners import scan
from tests.browser.server import AGENT
from tests.clinics import KIOSK

pytestmark = pytest.mark.browser

TYPED = Typed((TypedLine("Paracetamol", "tablet", "500 mg", "1-1-1", "after", "3"),), "Fever")


async def prescribed(kiosk: Kiosk) -> IssuedToken:
    """A walk-in who speaks Hindi has seen the doctor, who has signed a prescription."""
    services = kiosk.clinic.services
    issued = await services.queue.issuing.issue(IssueRequest("GEN", language="hi"), by=KIOSK)
    await services.people.accounts.create("doctor", "correct horse", Role.DOCTOR, "Doctor", cost=4)
    known = await services.people.accounts.by_login("doctor")
    assert known is not None
    by = Actor(ActorKind.DOCTOR, known.id, known.name)
    await services.queue.duties.change("1", DutyState.ON_DUTY, doctor=by)
    await services.queue.calling.call(issued.token_id, "1", by=by)
    edit = await services.records.drafts.save(issued.token_id, RecordKind.PRESCRIPTION, 0, TYPED, by=by)
    await services.records.signing.sign(issued.token_id, RecordKind.PRESCRIPTION, edit, by=by, without=[*Missing])
    return issued


async def press(kiosk: Kiosk, digits: str) -> None:
    """Touch these digits of the pad, then Print."""
    for digit in digits:
        await kiosk.page.click(f"[data-digit='{digit}']")
    await kiosk.page.click("#papers-print")


async def test_a_scanned_slip_and_its_digits_print_the_medicines(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(may_fail=True)
    slip = await prescribed(kiosk)
    digits = await SlipDigits(kiosk.clinic.services.store).of(slip.key)

    await scan(kiosk.page, f"http://queue.test/t/{slip.key}")
    await kiosk.sees("slip")
    await kiosk.page.click("[data-slip-act=papers]")
    await kiosk.sees("papers")
    await screenshot(kiosk.page, "kiosk-6-papers")
    assert await kiosk.outside() == []
    await press(kiosk, f"{(int(digits) + 1) % 10_000:04d}")
    await kiosk.says("#papers-wrong", in_hindi("These are not the digits of this slip."))
    await press(kiosk, digits)

    await kiosk.sees("papers-sent")
    await kiosk.says("#papers-state", in_hindi("Your medicines are being printed…"))
    await kiosk.report(PrintState.PRINTED)
    await kiosk.says("#papers-state", in_hindi("Please take the paper with your medicines"))
    await screenshot(kiosk.page, "kiosk-6-papers-printed")
    assert await kiosk.clinic.services.devices.printing.open_jobs(AGENT) == []
    await kiosk.page.click("[data-screen=papers-sent] [data-home]")
    await kiosk.sees("home")
    await expect(kiosk.page.locator("#papers-typed")).to_have_text("····")
