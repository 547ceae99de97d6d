"""Whoever scans a counter's code with an ABHA app gets a number of the common series, in the app and on the wall."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.queue.tokens import Action
from tests.abdm.clinics import Abdm
from tests.abdm.stand_in import a_profile
from tests.clinics import ADMIN, PROGRAM


async def _ids(abdm: Abdm) -> list[int]:
    queue = await abdm.running.services.screens.token_pages.queue("GEN")
    return [token["id"] for token in queue["tokens"]]


async def test_the_app_and_the_desk_give_out_one_series(on_both: Abdm) -> None:
    first = await on_both.number("asha@sbx")
    second = (await on_both.running.issue())["number"]
    third = await on_both.number("ravi@sbx", name="Ravi")

    assert [first, second, third] == ["G-001", "G-002", "G-003"]
    assert (await on_both.running.call_next() or {})["number"] == "G-001"


async def test_a_repeated_callback_has_one_effect(on_both: Abdm) -> None:
    request_id = str(uuid4())
    body = a_profile()

    answers = await asyncio.gather(
        *(on_both.gateway.share(on_both.running.anonymous, body, request_id) for _ in range(5))
    )
    await on_both.shares.settled()

    assert {answer.status_code for answer in answers} == {200}
    assert len(on_both.gateway.told[request_id]) == 1
    assert len(await _ids(on_both)) == 1


async def test_two_scans_at_once_are_one_person_with_one_number(on_both: Abdm) -> None:
    await asyncio.gather(*(on_both.share("asha@sbx") for _ in range(4)), on_both.share("ASHA@sbx", "LAB"))

    said = [told[0]["acknowledgement"]["profile"]["tokenNumber"] for told in on_both.gateway.told.values()]
    assert sorted(set(said)) == ["G-001", "L-001"]
    async with on_both.running.services.store.reading() as connection:
        counted = [
            (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            for table in ("patient", "abha", "consent", "token")
        ]
    assert counted == [1, 1, 1, 2]


async def test_the_number_is_the_same_while_it_lives_and_another_when_it_was_attended(abdm: Abdm) -> None:
    first = await abdm.number()
    await abdm.running.call_next()
    while_called = await abdm.number()
    await abdm.running.services.queue.calling.act((await _ids(abdm))[0], Action.ATTEND, by=PROGRAM)

    assert (first, while_called, await abdm.number()) == ("G-001", "G-001", "G-002")


async def test_whoever_was_sent_on_keeps_the_number(abdm: Abdm) -> None:
    await abdm.number()
    await abdm.running.call_next()
    await abdm.running.services.queue.calling.transfer((await _ids(abdm))[0], "LAB", by=ADMIN)

    assert await abdm.number() == "G-001"


async def test_people_are_told_apart_by_their_address_and_never_by_their_phone(abdm: Abdm) -> None:
    asha = await abdm.number("asha@sbx", phoneNumber="8123456789")
    child = await abdm.number("child@sbx", phoneNumber="8123456789", name="Asha Devi")

    assert (asha, child) == ("G-001", "G-002")


async def test_an_app_that_sends_less_is_understood(abdm: Abdm) -> None:
    body = a_profile("no-number@sbx", abhaNumber=None, monthOfBirth=None, gender=None, phoneNumber=None)
    patient = body["profile"]["patient"]
    del patient["yearOfBirth"], patient["address"]
    patient |= {"dob": "04-02-1988", "mobile": "8123456789", "kycPhoto": "A" * 100_000}

    assert abdm.gateway.number(await abdm.send(body)) == "G-001"


async def test_the_app_is_told_until_when_the_number_is_good(abdm: Abdm) -> None:
    request_id = await abdm.share()

    told = abdm.gateway.told[request_id][0]["acknowledgement"]
    # From 10:00 to the end of the service day, at 04:00.
    assert told["profile"] == {"context": "GEN", "tokenNumber": "G-001", "expiry": str(18 * 3600)}
    assert told["abhaAddress"] == "asha@sbx"


async def test_who_gets_no_number_is_told_why(abdm: Abdm) -> None:
    departments = abdm.running.services.clinic.departments
    general = await departments.one("GEN")

    unknown = abdm.gateway.refusal(await abdm.share(counter="XYZ"))
    await departments.save("GEN", {**general, "daily_quota": 1}, None, by=SYSTEM)
    await abdm.share("first@sbx")
    full = abdm.gateway.refusal(await abdm.share("second@sbx"))
    await departments.save("GEN", {**general, "hours": {"mon": [["09:00", "13:00"]]}}, None, by=SYSTEM)
    sunday = abdm.gateway.refusal(await abdm.share("second@sbx"))
    await departments.save("GEN", {**general, "is_open": False}, None, by=SYSTEM)
    shut = abdm.gateway.refusal(await abdm.share("second@sbx"))

    assert unknown == "This code is no longer in use. Please take a number at the desk."
    assert full == "General: No more numbers today."
    assert sunday == "General: Closed now. Opens on Monday, 23 November at 09:00."
    assert shut == "General: Closed now."


async def test_a_holiday_is_told_with_the_next_day(abdm: Abdm) -> None:
    await abdm.running.services.clinic.roster.add_holiday({"day": "2026-11-22", "name": "Festival"}, by=SYSTEM)

    assert abdm.gateway.refusal(await abdm.share()) == "General: Closed now. Opens on Monday, 23 November at 00:00."


async def test_who_is_refused_is_not_registered(abdm: Abdm) -> None:
    departments = abdm.running.services.clinic.departments
    await departments.save("GEN", {**await departments.one("GEN"), "is_open": False}, None, by=SYSTEM)

    await abdm.share("asha@sbx")

    kinds = [line["kind"] for line in await abdm.running.services.programs.journal.events(0, 100)]
    assert "abdm_refused" in kinds
    assert "patient_registered" not in kinds


async def test_what_cannot_be_read_is_answered_too(abdm: Abdm) -> None:
    nobody = a_profile()
    del nobody["profile"]["patient"]["abhaAddress"]
    unborn = a_profile(yearOfBirth=None)
    refusals = [abdm.gateway.refusal(await abdm.send(body)) for body in (nobody, unborn, {}, [1], None)]

    # Without a counter nobody knows which code it was.
    unknown, unread = refusals[2], refusals[0]
    assert unknown == "This code is no longer in use. Please take a number at the desk."
    assert unread == refusals[1] == "No number could be given. Please take one at the desk."
    assert len(refusals) == 5


async def test_a_share_that_comes_when_the_app_has_given_up_takes_no_place(abdm: Abdm) -> None:
    late = abdm.gateway.now() - timedelta(seconds=40)

    request_id = await abdm.send(a_profile(), timestamp=late.isoformat())

    assert abdm.gateway.refusal(request_id)
    assert await _ids(abdm) == []


async def test_nothing_personal_reaches_the_log_or_the_journal(abdm: Abdm, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await abdm.share("asha.secret@sbx", name="Asha Secret")
    await abdm.share("asha.secret@sbx", counter="asha.secret@sbx")
    broken = a_profile("asha.secret@sbx", yearOfBirth=None)
    await abdm.send(broken | {"intent": "asha.secret@sbx"})
    await abdm.send(broken)

    mine = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    lines = await abdm.running.services.programs.journal.events(0, 100)
    written = "\n".join([*(record.getMessage() for record in mine), *map(json.dumps, lines)])
    for secret in ("asha.secret", "Asha Secret", "1234-5678", "8123456789", "12 Hill Road", "the-client-secret"):
        assert secret not in written
