"""What the desk looks up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queue_server.domain.people.patients import FoundPatient
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import FINAL, FoundToken, State
from queue_server.storage.devices import print_job_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.screens import desk_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import (
    DAY,
    FIRST,
    GENERAL,
    LABORATORY,
    ROOM_1,
    a_patient,
    a_stay,
    a_token,
    an_entry,
    later,
)

PHONE = "+918123456789"


async def names(work: Transaction, name: str = "", phone_end: str = "") -> list[str]:
    """Whom the desk finds."""
    return [person.name for person in await rows.find_people(work.connection, name, phone_end, 9)]


async def test_finished_tokens_come_newest_first_with_their_number_in_all(work: Transaction) -> None:
    for minute in range(4):
        finished_at = MORNING + timedelta(minutes=minute)
        seen = {"doctor_id": FIRST, "room_id": ROOM_1, "finished_at": finished_at}
        await an_entry(work, f"G-{minute:03d}", State.ATTENDED, **seen)
    await an_entry(work, "G-004")
    await an_entry(work, "L-001", State.ATTENDED, department_id=LABORATORY, finished_at=MORNING)

    found, count = await rows.done(work.connection, GENERAL, DAY, 2)

    assert ([one.number for one in found], count) == (["G-003", "G-002"], 4)
    assert (found[0].doctor_id, found[0].room_id, found[0].state) == (FIRST, ROOM_1, State.ATTENDED)
    assert await rows.done(work.connection, LABORATORY, DAY + timedelta(days=1), 2) == ([], 0)


@pytest.mark.parametrize("state", sorted(FINAL))
async def test_a_token_that_goes_on_elsewhere_is_not_done(work: Transaction, state: State) -> None:
    await an_entry(work, state=state, finished_at=MORNING)

    _, count = await rows.done(work.connection, GENERAL, DAY, 9)

    assert count == (state is not State.TRANSFERRED)


async def test_a_deleted_token_is_not_among_the_finished(work: Transaction) -> None:
    entry = await an_entry(work, state=State.CANCELLED, finished_at=MORNING)

    await rows.save_token(work, entry.token_id, is_deleted=True, deleted_because="pressed twice")

    assert await rows.done(work.connection, GENERAL, DAY, 9) == ([], 0)
    facts = await rows.token_facts(work.connection, entry.token_id)
    assert (facts.is_deleted, facts.deleted_because) == (True, "pressed twice")
    assert await rows.token_facts(work.connection, entry.token_id + 1) is None


async def test_who_still_stands_in_some_departments_queues_is_found(work: Transaction) -> None:
    general = await an_entry(work, "G-001", State.MISSED)
    await an_entry(work, "G-002", State.ATTENDED)
    laboratory = await an_entry(work, "L-001", department_id=LABORATORY)

    async def live(*departments: int) -> list[int]:
        return await rows.live_of_day(work.connection, DAY, departments)

    assert await live(GENERAL, LABORATORY) == [general.token_id, laboratory.token_id]
    assert await live(LABORATORY) == [laboratory.token_id]
    assert await live() == []


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("G-012", ["G-012"]),
        ("G-0", ["G-012", "G-013"]),
        ("12", ["G-012", "L-112"]),
        ("%", []),
        ("_012", []),
    ],
)
async def test_numbers_are_found_by_their_beginning_or_end(work: Transaction, typed: str, numbers: list[str]) -> None:
    for number in ("G-012", "G-013", "L-112"):
        await a_token(work, number)
    await a_token(work, "G-912", is_deleted=True)
    await a_token(work, "G-012", DAY - timedelta(days=1))

    assert [found.number for found in await rows.find_numbers(work.connection, DAY, typed, 9)] == numbers


async def test_tokens_of_patients_come_newest_first_with_their_names(work: Transaction) -> None:
    asha, ravi = await a_patient(work, "Asha"), await a_patient(work, "Ravi")
    first = await a_token(work, "G-001", patient_id=asha)
    second = await a_token(work, "G-002", patient_id=ravi)

    found = await rows.tokens_of(work.connection, [asha, ravi], 9)

    assert found == [
        FoundToken(second, "G-002", DAY, GENERAL, ravi, "Ravi"),
        FoundToken(first, "G-001", DAY, GENERAL, asha, "Asha"),
    ]
    assert await rows.tokens_of(work.connection, [asha, ravi], 1) == found[:1]


@pytest.mark.parametrize("typed", ["asha", "DEVI", "sha De", "Asha Devi"])
async def test_people_are_found_by_part_of_their_name_in_large_or_small_letters(work: Transaction, typed: str) -> None:
    for name in ("Asha Devi", "Ravi"):
        await a_patient(work, name)

    assert await names(work, typed) == ["Asha Devi"]


@pytest.mark.parametrize("typed", ["आशा", "Émile", "Zoë", "100%", "a_b"])
async def test_a_name_is_found_as_it_is_written_in_any_script(work: Transaction, typed: str) -> None:
    for name in ("आशा देवी", "Émile", "Zoë", "100% Sure", "a_b", "acb"):
        await a_patient(work, name)

    found = await names(work, typed)

    assert len(found) == 1
    assert typed in found[0]


async def test_people_are_found_whatever_their_accents_and_apostrophes_and_come_in_one_order(work: Transaction) -> None:
    for name in ("Zoë", "Édith", "ÅSA", "D’Souza", "आशा", "Elodie", "édouard"):
        await a_patient(work, name)

    assert [await names(work, typed) for typed in ("edith", "asa", "d's", "शा", "zoe")] == [
        ["Édith"],
        ["ÅSA"],
        ["D’Souza"],
        ["आशा"],
        ["Zoë"],
    ]
    assert await names(work, "ed") == ["Édith", "édouard"]
    assert await names(work, "o") == ["D’Souza", "édouard", "Elodie", "Zoë"]


async def test_people_are_found_by_the_end_of_their_phone_number(work: Transaction) -> None:
    asha = await a_patient(work, "Asha", PHONE)
    await a_patient(work, "Ravi", "+918123450000")

    assert await names(work, phone_end="6789") == ["Asha"]
    assert await names(work, "ravi", "6789") == ["Asha", "Ravi"]
    assert await names(work) == []
    assert await rows.person(work.connection, asha) == FoundPatient(asha, "Asha", 1992, PHONE)


async def test_an_erased_patient_is_not_found(work: Transaction) -> None:
    asha = await a_patient(work)
    await patient_rows.erase_patient(work, asha)

    assert await names(work, "Asha", "6789") == []
    assert await rows.person(work.connection, asha) is None


async def test_a_tokens_story_is_told_from_its_beginning(work: Transaction) -> None:
    token = await a_token(work)
    for kind in ("issue", "call"):
        work.record(Event(kind, work.now, "kiosk:1", token, data={"place": "entrance"}))
    await work.finish()
    for place in ("entrance", "desk"):
        await print_job_rows.add_job(work, token, place)
        later(work, minutes=1)

    events = await rows.events_of(work.connection, token)
    prints = await rows.prints_of(work.connection, token)

    assert [(line.kind, line.actor, line.data) for line in events] == [
        ("issue", "kiosk:1", {"place": "entrance"}),
        ("call", "kiosk:1", {"place": "entrance"}),
    ]
    assert [(slip.place, slip.copy_number) for slip in prints] == [("entrance", 1), ("desk", 2)]


async def test_a_token_that_was_changed_is_shown_anew(work: Transaction) -> None:
    token = await a_token(work)
    await a_stay(work, token)

    await rows.save_token(work, token, language="ta")

    assert [source for source in work.touched if source.startswith("token")]
    assert (await rows.token_facts(work.connection, token)).language == "ta"
