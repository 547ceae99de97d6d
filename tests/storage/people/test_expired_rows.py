"""Deleting what has run out: no more and no less."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.devices.devices import DeviceKind, Enrolment
from queue_server.storage.devices import device_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import expired_rows, patient_rows, pin_attempt_rows, staff_rows
from tests.clinics import MORNING
from tests.storage.rows import FIRST, later

HOUR = timedelta(hours=1)


async def test_logins_end_that_were_not_used_or_began_long_ago(work: Transaction) -> None:
    account = await patient_rows.add_account(work, "+918123456789", "a hash")
    assert account is not None
    for name in ("unused", "old", "open"):
        await staff_rows.add_session(work, name, FIRST, "")
        await patient_rows.add_session(work, name, account, None)
    now = later(work, hours=3)
    for name, created in (("old", MORNING), ("open", now - HOUR)):
        await staff_rows.change_session(work, name, seen_at=now, created_at=created)
        await patient_rows.change_session(work, name, seen_at=now, created_at=created)

    ended = (
        await expired_rows.end_staff_sessions(work, now - HOUR, now - 2 * HOUR),
        await expired_rows.end_patient_sessions(work, now - HOUR, now - 2 * HOUR),
    )

    assert ended == (2, 2)
    assert [one.secret_hash for one in await staff_rows.sessions_of(work.connection, FIRST, MORNING, MORNING)] == [
        "open"
    ]
    assert [one.secret_hash for one in await patient_rows.sessions_of(work.connection, account, MORNING, MORNING)] == [
        "open"
    ]


async def test_browsers_that_became_known_long_ago_are_not_known_any_more(work: Transaction) -> None:
    account = await patient_rows.add_account(work, "+918123456789", "a hash")
    assert account is not None
    for name in ("old", "new"):
        await staff_rows.know_browser(work, name, FIRST)
        await pin_attempt_rows.know_browser(work, name, account)
        moment = later(work, hours=1)

    assert await expired_rows.delete_browsers(work, moment - HOUR) == 2

    assert [await staff_rows.is_known_browser(work.connection, name, "first") for name in ("old", "new")] == [
        False,
        True,
    ]


async def test_codes_for_devices_are_deleted_when_they_have_run_out(work: Transaction) -> None:
    for name, minutes in (("old", 1), ("new", 10)):
        enrolment = Enrolment(DeviceKind.KIOSK, name, "entrance", MORNING + timedelta(minutes=minutes))
        await device_rows.add_enrolment(work, name, enrolment)
    later(work, minutes=5)

    assert await expired_rows.delete_enrolments(work) == 1

    assert await device_rows.take_enrolment(work, "new")
