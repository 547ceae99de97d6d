"""What other programs and whoever watches the server are told, on both databases."""

from __future__ import annotations

import pytest

from queue_server.domain.access.scopes import ALL_SCOPES, Scope
from queue_server.domain.errors import Outdated, UnknownPatient, UnknownProgram
from queue_server.domain.queue.tokens import Action
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, PROGRAM, Clinic


async def test_a_key_opens_its_scopes_until_it_is_revoked(clinic: Clinic) -> None:
    programs, devices = clinic.services.programs.keys, clinic.services.devices.registry
    narrow = await programs.add("narrow", [Scope.QUEUES_READ])
    full = await programs.add("full")

    found = [await devices.who(key) for key in (narrow, full)]

    assert [(one.name, one.scopes) for one in found if one] == [
        ("narrow", frozenset({Scope.QUEUES_READ})),
        ("full", ALL_SCOPES),
    ]
    assert [one.seen_at for one in await programs.all()] == [clinic.clock.now()] * 2
    assert found[0] is not None
    await programs.revoke(found[0].id)
    assert await devices.who(narrow) is None
    assert str(found[0]) in await devices.revoked()
    with pytest.raises(UnknownProgram):
        await programs.revoke(found[0].id)


async def test_tokens_are_listed_once_each_in_pages(clinic: Clinic) -> None:
    first = await clinic.issue()
    await clinic.issue("LAB")
    third = await clinic.issue()
    await clinic.next()
    await clinic.services.queue.calling.transfer(first.token_id, "LAB", by=PROGRAM)

    lookups = clinic.services.screens.lists
    page, after = await lookups.tokens(None, None, 0, 2)
    rest, end = await lookups.tokens(None, None, after or 0, 2)
    in_laboratory, _ = await lookups.tokens(None, "LAB", 0, 10)

    assert [(one["number"], one["department"], one["state"]) for one in [*page, *rest]] == [
        ("G-001", "LAB", "waiting"),
        ("L-001", "LAB", "waiting"),
        ("G-002", "GEN", "waiting"),
    ]
    assert (rest[0]["id"], end) == (third.token_id, None)
    assert [one["number"] for one in in_laboratory] == ["G-001", "L-001"]


async def test_a_patient_is_read_by_token_and_the_reading_is_noted(clinic: Clinic) -> None:
    login = await clinic.register()
    assert login.patient is not None
    token = await clinic.services.queue.issuing.issue(IssueRequest("GEN", patient_id=login.patient.id), by=KIOSK)
    walk_in = await clinic.issue()

    found = await clinic.services.screens.lists.patient_of_token(token.token_id, by=PROGRAM)

    assert (found["id"], found["name"]) == (login.patient.id, "Asha")
    reads = await clinic.services.records.histories.reads(login.patient.id)
    assert [(str(read.reader), read.what) for read in reads] == [("program:1", "profile")]
    with pytest.raises(UnknownPatient):
        await clinic.services.screens.lists.patient_of_token(walk_in.token_id, by=PROGRAM)


async def test_a_version_names_one_state_of_a_token(clinic: Clinic) -> None:
    token = await clinic.issue()
    status, calling = clinic.services.screens.token_pages, clinic.services.queue.calling
    seen = await status.version(token.token_id)
    await clinic.act(token, Action.HOLD)

    with pytest.raises(Outdated):
        await calling.act(token.token_id, Action.RESUME, by=PROGRAM, match=seen)

    assert await clinic.state(token) == "held"
    await calling.act(token.token_id, Action.RESUME, by=PROGRAM, match=await status.version(token.token_id))
    assert await clinic.state(token) == "waiting"


async def test_the_gauges_show_the_clinic_as_it_is(clinic: Clinic) -> None:
    for _ in range(3):
        await clinic.issue()
    await clinic.on_duty(0, "1")
    await clinic.services.waits.keep()
    clinic.clock.forward(minutes=5)
    await clinic.next()

    read = await clinic.services.analytics.gauges.read()

    assert read.queues == [("GEN", 2, 1), ("LAB", 0, 0)]
    assert (read.printers, read.webhooks, read.is_clock_wrong) == ([], [], False)
    assert [department for department, _, _ in read.estimates] in ([], ["GEN"])
