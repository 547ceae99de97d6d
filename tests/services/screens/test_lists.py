"""What other programs read in pages."""

from __future__ import annotations

import pytest

from queue_server.domain.errors import UnknownPatient
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, PROGRAM, Clinic


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
