"""Whole visits, found by what is asked for, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from queue_server.domain.queue.tokens import Action, State
from queue_server.domain.queue.visits import VisitQuery
from queue_server.storage.screens import visit_rows
from queue_server.storage.tables import EventRow
from tests.clinics import PROGRAM, Clinic


@pytest.fixture
async def after_a_minute(clinic: Clinic) -> Clinic:
    """Two tokens: the first was transferred to the laboratory a minute after both were issued."""
    first = await clinic.issue()
    await clinic.issue()
    clinic.clock.forward(minutes=1)
    await clinic.next()
    await clinic.services.queue.calling.transfer(first.token_id, "LAB", by=PROGRAM)
    return clinic


async def ids(clinic: Clinic, wanted: VisitQuery) -> list[int]:
    """The ids of the visits that are found."""
    async with clinic.services.store.reading() as connection:
        return [one.id for one in await visit_rows.visits(connection, wanted)]


async def test_a_visit_comes_with_its_stays_and_moments(after_a_minute: Clinic) -> None:
    async with after_a_minute.services.store.reading() as connection:
        visit, other = await visit_rows.visits(connection, VisitQuery())
        stays = await visit_rows.stays(connection, VisitQuery(after=1))

    assert [stay.state for stay in visit.stays] == [State.TRANSFERRED, State.WAITING]
    assert [moment.state for moment in visit.moments][:2] == [State.WAITING, State.CALLED]
    assert (visit.number, visit.patient_id, len(other.stays)) == ("G-001", None, 1)
    assert [(whole.id, stay.id) for whole, stay in stays] == [(2, 2), (1, 3)]


async def test_visits_are_found_by_state_day_and_last_change(after_a_minute: Clinic) -> None:
    clinic, now = after_a_minute, after_a_minute.clock.moment
    day = await clinic.services.clinic.queues.day()

    assert await ids(clinic, VisitQuery(states=frozenset({State.WAITING}))) == [1, 2]
    assert await ids(clinic, VisitQuery(states=frozenset({State.HELD}))) == []
    assert await ids(clinic, VisitQuery(states=frozenset())) == []
    assert await ids(clinic, VisitQuery(first=day, last=day, after=1)) == [2]
    assert await ids(clinic, VisitQuery(first=day + timedelta(days=1))) == []
    assert await ids(clinic, VisitQuery(since=now)) == [1]
    assert await ids(clinic, VisitQuery(until=now - timedelta(seconds=1))) == [2]
    assert await ids(clinic, VisitQuery(ids=(2, 7), patient_id=None)) == [2]
    assert await ids(clinic, VisitQuery(patient_id=7)) == []


async def test_what_is_new_is_found_behind_a_long_past_also_when_the_clock_was_put_back(after_a_minute: Clinic) -> None:
    clinic, since = after_a_minute, after_a_minute.clock.moment + timedelta(days=4)
    clinic.clock.forward(days=5)
    ahead = await clinic.issue()
    behind = await clinic.issue()
    put_back = update(EventRow).where(col(EventRow.token_id) == behind.token_id).values(at=since - timedelta(days=1))
    async with clinic.services.store.transaction() as work:
        await work.connection.execute(put_back)

    assert await ids(clinic, VisitQuery(since=since)) == [ahead.token_id]
    assert await ids(clinic, VisitQuery(since=since - timedelta(days=1))) == [ahead.token_id, behind.token_id]
    assert await ids(clinic, VisitQuery(since=since, after=ahead.token_id)) == []


async def test_a_deleted_token_is_no_visit(after_a_minute: Clinic) -> None:
    token = await after_a_minute.issue()
    await after_a_minute.act(token, Action.CANCEL)
    await after_a_minute.services.screens.desk.delete(token.token_id, "a mistake", by=PROGRAM)

    assert await ids(after_a_minute, VisitQuery()) == [1, 2]
