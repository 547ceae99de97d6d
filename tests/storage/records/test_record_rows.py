"""Rows of prescriptions and certificates: drafts, signed versions, certificate numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queue_server.domain.people.patients import Sex
from queue_server.domain.queue.tokens import State
from queue_server.domain.records.records import Place, Record, RecordKind, Signer
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import staff_rows
from queue_server.storage.records import record_rows as rows
from queue_server.storage.records.encryption import CHUNK, DoesNotOpen
from queue_server.storage.records.keyring import Keyring
from tests.clinics import KEYS, MORNING
from tests.storage.rows import DAY, FIRST, GENERAL, SECOND, a_patient, a_stay, a_token, later

RING = Keyring(given=KEYS)
PRESCRIPTION, CERTIFICATE = RecordKind.PRESCRIPTION, RecordKind.CERTIFICATE


async def a_draft(work: Transaction, place: Place, content: bytes = b"typed") -> Record:
    """The draft at this place, which is made if there is none."""
    await rows.add_draft(work, RING, place, content)
    draft = await rows.draft(work.connection, place)
    assert draft
    return draft


async def signed(work: Transaction, place: Place, version: int = 1, series: int | None = None) -> Record:
    """A signed version."""
    draft = await a_draft(work, place)
    values = {"signed_at": work.now, "version": version, "series_id": series or draft.id, "key": f"key-{draft.id}"}
    assert await rows.sign(work, draft, **values)
    found = await rows.record(work.connection, draft.id)
    assert found
    return found


async def test_a_doctor_has_one_draft_of_a_kind_for_a_token(work: Transaction) -> None:
    token = await a_token(work)
    place = Place(token, FIRST, PRESCRIPTION)

    added = [
        await rows.add_draft(work, RING, where, content)
        for where, content in (
            (place, b"first"),
            (place, b"second"),
            (Place(token, SECOND, PRESCRIPTION), b"third"),
            (Place(token, FIRST, CERTIFICATE), b"fourth"),
        )
    ]

    assert added == [True, False, True, True]
    draft = await a_draft(work, place)
    assert (draft.edit, draft.saved_at) == (1, MORNING)
    assert await rows.plain(work.connection, RING, draft) == b"first"


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1])
async def test_what_was_typed_is_read_as_it_was_whatever_its_length(work: Transaction, size: int) -> None:
    draft = await a_draft(work, Place(await a_token(work), FIRST, PRESCRIPTION), bytes(size))

    assert await rows.plain(work.connection, RING, draft) == bytes(size)


async def test_a_draft_is_changed_and_removed_only_as_it_was_seen(work: Transaction) -> None:
    place = Place(await a_token(work), FIRST, PRESCRIPTION)
    first = await a_draft(work, place)

    assert await rows.change_draft(work, RING, place, 1, b"second")
    assert not await rows.change_draft(work, RING, place, 1, b"of another window")
    assert not await rows.remove_draft(work, place, 1)

    second = await a_draft(work, place)
    assert (second.edit, await rows.plain(work.connection, RING, second)) == (2, b"second")
    with pytest.raises(DoesNotOpen):
        await rows.plain(work.connection, RING, first)
    assert await rows.remove_draft(work, place, 2)
    assert await rows.draft(work.connection, place) is None


async def test_a_draft_that_has_changed_since_it_was_read_is_not_signed(work: Transaction) -> None:
    place = Place(await a_token(work), FIRST, PRESCRIPTION)
    seen = await a_draft(work, place)
    await rows.change_draft(work, RING, place, 1, b"second")

    assert not await rows.sign(work, seen, signed_at=work.now)
    now = await a_draft(work, place)
    assert [await rows.sign(work, now, signed_at=work.now) for _ in range(2)] == [True, False]
    assert await rows.draft(work.connection, place) is None


async def test_signed_versions_come_newest_first_and_the_newest_counts(work: Transaction) -> None:
    place = Place(await a_token(work), FIRST, PRESCRIPTION)
    first = await signed(work, place)
    second = await signed(work, place, 2, first.id)
    await a_draft(work, place)

    found = await rows.signed_of_token(work.connection, place.token_id, PRESCRIPTION)

    assert found == [second, first]
    assert await rows.newest_version(work.connection, first.id) == 2
    assert await rows.newest_version(work.connection, second.id + 99) == 0
    of_first = await rows.records_of(work.connection, FIRST, [place.token_id])
    assert [one.signed_at is not None for one in of_first] == [True, True, False]
    assert await rows.records_of(work.connection, SECOND, [place.token_id]) == []


async def test_the_last_prescription_is_the_newest_signed_one_of_another_visit(work: Transaction) -> None:
    asha = await a_patient(work)
    long_ago, last, today = [await a_token(work, number, patient_id=asha) for number in ("G-001", "G-002", "G-003")]
    await signed(work, Place(long_ago, FIRST, PRESCRIPTION))
    later(work, days=1)
    expected = await signed(work, Place(last, SECOND, PRESCRIPTION))
    later(work, days=1)
    await signed(work, Place(last, FIRST, CERTIFICATE))
    await a_draft(work, Place(long_ago, SECOND, PRESCRIPTION))
    await signed(work, Place(today, FIRST, PRESCRIPTION))

    assert await rows.last_prescription(work.connection, asha, today) == expected
    assert await rows.last_prescription(work.connection, asha + 1, today) is None


async def test_certificates_are_counted_for_each_year(work: Transaction) -> None:
    assert await rows.certificates_in(work.connection, 2026) == 0

    counted = [await rows.next_certificate(work, year) for year in (2026, 2026, 2027)]

    assert counted == [1, 2, 1]
    assert await rows.certificates_in(work.connection, 2026) == 2


async def test_a_paper_names_its_doctor_as_the_account_does(work: Transaction) -> None:
    await staff_rows.change_staff(work, FIRST, qualification="MBBS", registration="DMC 1")

    assert await rows.signer(work.connection, FIRST) == Signer("Doctor first", "MBBS", "DMC 1")


async def test_a_paper_tells_of_its_token_and_of_its_patient_if_there_is_one(work: Transaction) -> None:
    walk_in = await rows.seen_token(work.connection, await a_token(work))
    ashas = await rows.seen_token(work.connection, await a_token(work, "G-002", patient_id=await a_patient(work)))

    assert (walk_in.number, walk_in.service_day, walk_in.department_id) == ("G-001", DAY, GENERAL)
    assert walk_in.departments["en"] == "General"
    assert (walk_in.patient_id, walk_in.name, walk_in.birth_year, walk_in.sex) == (None, None, None, None)
    assert (ashas.name, ashas.birth_year, ashas.sex) == ("Asha", 1992, Sex.UNSAID)


async def test_a_doctor_writes_for_those_of_the_day_last_called_first(work: Transaction) -> None:
    for number, state, doctor, minute in (
        ("G-001", State.ATTENDED, FIRST, 1),
        ("G-002", State.SERVING, FIRST, 3),
        ("G-003", State.MISSED, FIRST, 4),
        ("G-004", State.ATTENDED, SECOND, 5),
        ("G-005", State.HELD, FIRST, 2),
    ):
        called_at = MORNING + timedelta(minutes=minute)
        await a_stay(work, await a_token(work, number), state, doctor_id=doctor, called_at=called_at)

    found = await rows.seen_tokens(work.connection, FIRST, DAY, 9)

    assert [number for _, number in found] == ["G-002", "G-005", "G-001"]
    assert await rows.seen_tokens(work.connection, FIRST, DAY, 1) == found[:1]
