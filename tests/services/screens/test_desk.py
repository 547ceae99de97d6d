"""The desk's work, on both databases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from queue_server import sources
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, ChangedMeanwhile, UnknownPatient, UnknownToken, WhichPatient
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.services.queue.issuing import IssueRequest
from queue_server.services.screens import desk
from tests.clinics import PHONE, Clinic

DESK = Actor(ActorKind.DESK, 5, "Front")
BOSS = Actor(ActorKind.ADMIN, 9, "Boss")


async def test_active_and_completed_stand_side_by_side(clinic: Clinic) -> None:
    first, _, third = [await clinic.issue() for _ in range(3)]
    await clinic.next("1")
    await clinic.next("1")
    await clinic.act(third, Action.CANCEL)

    view = (await clinic.services.screens.desk.queues()).data

    assert [(row["number"], row["state"], row["room"]) for row in view["active"]] == [("G-002", "called", "1")]  # type: ignore[attr-defined]
    done = [(row["number"], row["state"]) for row in view["completed"]]  # type: ignore[attr-defined]
    assert sorted(done) == [("G-001", "attended"), ("G-003", "cancelled")]
    assert view["completed_count"] == 2
    assert first.number == "G-001"


async def test_of_many_finished_tokens_the_newest_are_shown_and_all_are_counted(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SHOWN", 2)
    for _ in range(3):
        await clinic.act(await clinic.issue(), Action.CANCEL)

    view = (await clinic.services.screens.desk.queues()).data

    assert [row["number"] for row in view["completed"]] == ["G-003", "G-002"]  # type: ignore[attr-defined]
    assert view["completed_count"] == 3


async def test_a_transferred_token_is_active_where_it_waits_and_completed_nowhere(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=DESK)

    view = (await clinic.services.screens.desk.queues()).data

    assert [(row["number"], row["department"]) for row in view["active"]] == [("G-001", "LAB")]  # type: ignore[attr-defined]
    assert view["completed"] == []


async def test_another_priority_moves_the_place_and_back_again(clinic: Clinic) -> None:
    tokens = [await clinic.issue() for _ in range(3)]
    desk = clinic.services.screens.desk

    await desk.change_priority(tokens[2].token_id, Priority.URGENT, "fever", by=DESK)
    assert await clinic.order() == ["G-003", "G-001", "G-002"]
    await desk.change_priority(tokens[1].token_id, Priority.EMERGENCY, "bleeding", by=DESK)
    assert await clinic.order() == ["G-002", "G-003", "G-001"]
    for token in tokens:
        await desk.change_priority(token.token_id, Priority.NORMAL, "", by=DESK)

    assert await clinic.order() == ["G-001", "G-002", "G-003"]


@pytest.mark.parametrize("priority", [Priority.URGENT, Priority.EMERGENCY])
async def test_who_goes_first_needs_a_reason_and_a_live_token(clinic: Clinic, priority: Priority) -> None:
    token = await clinic.issue()

    with pytest.raises(BadInput):
        await clinic.services.screens.desk.change_priority(token.token_id, priority, "  ", by=DESK)
    await clinic.act(token, Action.CANCEL)
    with pytest.raises(ChangedMeanwhile):
        await clinic.services.screens.desk.change_priority(token.token_id, priority, "late", by=DESK)


async def test_a_token_is_found_by_number_name_and_phone(clinic: Clinic) -> None:
    login = await clinic.register("Asha Devi")
    patient = login.family[0].id
    for _ in range(11):
        await clinic.issue()
    mine = await clinic.services.queue.issuing.issue(IssueRequest("GEN", patient_id=patient), by=DESK)
    find = clinic.services.screens.desk.find

    for text in ("g-012", "12", "012"):
        assert [row["number"] for row in (await find(text, by=DESK))["tokens"]] == ["G-012"]
    for text in ("asha", "DEVI", "Asha Devi", PHONE, "56789"):
        (person,) = (await find(text, by=DESK))["patients"]
        assert (person["name"], person["phone"]) == ("Asha Devi", "… 6789")
        assert [row["id"] for row in person["tokens"]] == [mine.token_id]
    for text in ("", "%", "_", "zzz", "99999", "a" * 500, "\u0000"):
        assert not (await find(text, by=DESK))["patients"]


async def test_reading_who_it_is_leaves_one_line_however_often_it_is_read_at_once(clinic: Clinic) -> None:
    login = await clinic.register()
    token = await clinic.services.queue.issuing.issue(IssueRequest("GEN", patient_id=login.family[0].id), by=DESK)

    for _ in range(3):
        history = await clinic.services.screens.desk.history(token.token_id, by=DESK)
    assert history["patient"]["name"] == "Asha"
    assert (await clinic.kinds()).count("record_read") == 1
    clinic.clock.forward(minutes=11)
    await clinic.services.screens.desk.history(token.token_id, by=DESK)

    assert (await clinic.kinds()).count("record_read") == 2


async def test_a_search_that_fits_several_asks_which(clinic: Clinic) -> None:
    await clinic.register("Asha")
    await clinic.register("Asha Kumari")
    patient = clinic.services.screens.desk.patient

    with pytest.raises(WhichPatient) as error:
        await patient("asha", "", by=DESK)
    ids = [one["id"] for one in error.value.details["patients"]]  # type: ignore[attr-defined]
    assert len(ids) == 2
    assert await patient("asha", str(ids[1]), by=DESK) == ids[1]
    assert await patient(" ", "", by=DESK) is None
    for text, chosen in (("nobody", ""), ("", "999999"), ("", "x")):
        with pytest.raises(UnknownPatient):
            await patient(text, chosen, by=DESK)


async def test_the_story_tells_every_event_with_its_actor(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next("1")
    doctor = clinic.doctors[0]
    await clinic.services.queue.calling.act(token.token_id, Action.START, by=doctor)

    history = await clinic.services.screens.desk.history(token.token_id, by=DESK)

    told = [(line["kind"], str(line["by"]), line["by"].name, line["room"]) for line in history["events"]]
    assert told[0][:2] == ("issue", "kiosk:1")
    assert told[1][0] == "call"
    assert told[2][:3] == ("start", str(doctor), "Doctor first")
    assert history["actions"] == ["attend", "hold", "cancel", "expire"]
    with pytest.raises(UnknownToken):
        await clinic.services.screens.desk.history(999_999, by=DESK)


async def test_a_deleted_token_is_shown_nowhere_and_its_reason_is_kept(clinic: Clinic) -> None:
    token, other = await clinic.issue(), await clinic.issue()
    desk = clinic.services.screens.desk
    with pytest.raises(BadInput):
        await desk.delete(token.token_id, " ", by=BOSS)

    await desk.delete(token.token_id, "pressed twice", by=BOSS)

    assert await clinic.order() == [other.number]
    assert (await desk.find(token.number, by=DESK))["tokens"] == []
    with pytest.raises(UnknownToken):
        await clinic.services.screens.token_pages.page(token.key)
    with pytest.raises(UnknownToken):
        await desk.delete(token.token_id, "again", by=BOSS)
    history = await desk.history(token.token_id, by=BOSS)
    assert (history["is_deleted"], history["actions"]) == (True, [])
    assert history["events"][-1]["reason"] == "pressed twice"
    assert (await desk.queues()).data["completed"] == []


async def test_the_day_is_ended_for_those_who_were_seen_and_no_more(clinic: Clinic) -> None:
    desk = clinic.services.screens.desk
    for department in ("GEN", "GEN", "LAB"):
        await clinic.issue(department)
    await clinic.next("1")
    assert len(await desk.left("GEN")) == 2

    with pytest.raises(ChangedMeanwhile):
        await desk.end_day("GEN", 1, by=DESK)
    assert await desk.end_day("GEN", 2, by=DESK) == 2

    assert len(await desk.left()) == 1
    assert await desk.end_day(None, 5, by=DESK) == 1
    assert await desk.end_day(None, 0, by=DESK) == 0


async def test_yesterdays_tokens_are_left_alone(clinic: Clinic) -> None:
    token = await clinic.issue()
    clinic.clock.moment += timedelta(days=1)
    await clinic.services.queue.day_end.expire_leftovers()

    assert (await clinic.services.screens.desk.queues()).data["completed"] == []
    history = await clinic.services.screens.desk.history(token.token_id, by=DESK)
    assert (history["actions"], history["is_open"]) == ([], False)


async def test_the_language_of_a_token_is_changed(clinic: Clinic) -> None:
    token = await clinic.issue()

    await clinic.services.screens.desk.edit(token.token_id, "hi", by=DESK)

    assert (await clinic.services.screens.desk.history(token.token_id, by=DESK))["language"] == "hi"


async def test_a_language_changed_at_the_desk_reaches_the_phone_that_is_open(clinic: Clinic) -> None:
    token = await clinic.issue()
    (before,) = await clinic.services.screens.phones.views([token.key])
    assert before is not None
    revisions_before = await clinic.services.store.revisions()

    await clinic.services.screens.desk.edit(token.token_id, "hi", by=DESK)

    view, facts = await clinic.services.screens.token_pages.page(token.key)
    revisions = await clinic.services.store.revisions()
    touched = {source for source in revisions if revisions[source] != revisions_before.get(source)}
    assert (json.loads(before.text)["language"], view["language"], facts.language) == ("en", "hi", "hi")
    assert sources.token(token.token_id) in touched & before.sources
    assert touched <= {sources.token(token.token_id), *before.sources}


async def test_a_phone_knows_of_the_second_change_as_of_the_first(clinic: Clinic) -> None:
    token = await clinic.issue()

    for language in ("hi", "en", "hi"):
        await clinic.services.screens.desk.edit(token.token_id, language, by=DESK)

        assert (await clinic.services.screens.token_pages.phone(token.key))["language"] == language
