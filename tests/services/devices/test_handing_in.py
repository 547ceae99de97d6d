"""Numbers that a keeper gave out while the server was away, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.devices.keepers import TaskKind
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.domain.errors import NotFound
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import ADMIN, Clinic
from tests.services.devices.keepers import a_keeper

AGENT = Actor(ActorKind.AGENT, 9, place="entrance")
DESK = Actor(ActorKind.DESK, 5, "Front")


async def tasks(clinic: Clinic) -> list[tuple[str, str]]:
    return [(task.kind, task.number) for task in await clinic.services.devices.handing_in.tasks()]


async def test_whoever_came_first_is_called_first_however_late_the_number_is_handed_in(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    early = await clinic.issue()
    clinic.clock.forward(minutes=2)
    offline = keeper.gives(clinic.clock.now())
    clinic.clock.forward(minutes=3)
    late = await clinic.issue()

    await keeper.hands_in(offline)

    assert await clinic.order() == [early.number, "G-A01", late.number]


async def test_a_number_is_taken_once_however_often_it_is_handed_in(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    first, second = keeper.gives(clinic.clock.now()), keeper.gives(clinic.clock.now())

    assert await keeper.hands_in(first) == [1]
    assert await keeper.hands_in(first, second) == [1, 2]
    assert await keeper.hands_in(second, first) == [2, 1]

    assert await clinic.order() == ["G-A01", "G-A02"]
    assert await tasks(clinic) == []


async def test_the_slips_link_opens_the_token_and_its_next_slip_is_a_copy(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    await keeper.hands_in(keeper.gives(clinic.clock.now(), inside={"priority": "assisted"}))

    shown = await clinic.services.screens.token_pages.phone("link-A-1")
    desk: Any = (await clinic.services.screens.boards.desk()).data
    (slip,) = desk["prints"]

    assert (shown["number"], shown["state"], shown["language"]) == ("G-A01", "waiting", "hi")
    assert (slip["number"], slip["copy"], slip["state"]) == ("G-A01", 1, "printed")


async def test_the_journal_says_where_the_number_came_from_and_when(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    at = clinic.clock.now()
    offline = keeper.gives(at)
    clinic.clock.forward(minutes=10)
    await keeper.hands_in(offline)
    if clinic.services.store.is_postgres:
        await clinic.services.programs.journal.seal()

    line = (await clinic.services.programs.journal.events(0, 1000))[-1]

    assert (line["kind"], line["actor"]) == ("issue", str(keeper.device))
    assert (line["data"]["series"], line["data"]["issued_at"]) == ("A", at.isoformat())
    assert datetime.fromisoformat(line["at"]) - at >= timedelta(minutes=10)


async def test_the_history_says_when_the_number_was_given_out_and_not_when_it_was_handed_in(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    at = clinic.clock.now()
    offline = keeper.gives(at)
    clinic.clock.forward(minutes=10)
    await keeper.hands_in(offline)
    online = await clinic.issue()
    desk = clinic.services.screens.desk

    found = await desk.find("G-A01", by=DESK)
    kept = (await desk.history(found["tokens"][0]["id"], by=DESK))["events"]
    usual = (await desk.history(online.token_id, by=DESK))["events"]

    assert [(line["kind"], line["at"], line["is_kept"]) for line in kept] == [("issue", at, True)]
    assert [line["is_kept"] for line in usual] == [False]


async def test_a_keeper_that_has_forgotten_is_told_its_highest_numbers(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    today = clinic.clock.now().date().isoformat()
    await keeper.hands_in(*(keeper.gives(clinic.clock.now()) for _ in range(3)))

    (general, _) = (await keeper.greet())["departments"]

    assert general["highest"] == {today: 3}


async def test_what_does_not_fit_is_taken_and_told_to_the_desk(clinic: Clinic) -> None:
    keeper, other = await a_keeper(clinic), await a_keeper(clinic, "Side door")
    now = clinic.clock.now()
    await keeper.hands_in(
        keeper.gives(now, number="G-A77"),
        keeper.gives(now, is_estimated=True),
        keeper.gives(now),
        keeper.gives(now, sealed="damaged"),
        keeper.gives(now, department="XYZ"),
        keeper.gives(now - timedelta(days=1), day=now.date() - timedelta(days=1)),
    )
    await other.hands_in(other.gives(now, number="G-A77"))

    assert await tasks(clinic) == [
        (TaskKind.TIME_UNKNOWN, "G-A02"),
        (TaskKind.NOT_OPENED, "G-A04"),
        (TaskKind.NO_DEPARTMENT, "X-A05"),
        (TaskKind.DAY_OVER, "G-A06"),
        (TaskKind.NUMBER_TWICE, "G-A77-2"),
    ]
    assert await clinic.order() == ["G-A77", "G-A02", "G-A03", "G-A04", "G-A77-2"]


async def test_a_press_that_the_server_had_got_too_has_one_number_or_the_desk_is_told(clinic: Clinic) -> None:
    keeper, issue = await a_keeper(clinic), clinic.services.queue.issuing.issue
    printed = await issue(IssueRequest("GEN", language="hi", place="entrance"), by=keeper.device, key="printed")
    await issue(IssueRequest("GEN", language="hi", place="entrance"), by=keeper.device, key="waits for the printer")
    assert printed.print_job is not None
    await clinic.services.devices.printing.report(AGENT, printed.print_job, PrintState.SENT, None)

    await keeper.hands_in(
        *(
            keeper.gives(clinic.clock.now(), is_doubtful=True, inside={"press": press})
            for press in ("printed", "waits for the printer", "never arrived")
        )
    )

    assert await tasks(clinic) == [(TaskKind.TWO_NUMBERS, "G-A01")]
    assert await clinic.order() == [printed.number, "G-A01", "G-A02", "G-A03"]


async def test_closed_departments_and_full_days_are_told_to_the_desk(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    now = clinic.clock.now()
    departments = clinic.services.clinic.departments
    await departments.change("GEN", {"daily_quota": 1}, by=ADMIN)
    await departments.change("LAB", {"is_open": False}, by=ADMIN)

    await keeper.hands_in(*(keeper.gives(now) for _ in range(2)), keeper.gives(now, "LAB"))

    assert await tasks(clinic) == [(TaskKind.QUOTA, "G-A02"), (TaskKind.CLOSED, "L-A03")]
    assert await clinic.order() == ["G-A01", "G-A02"]


async def test_a_number_that_nobody_can_know_is_not_called(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    await keeper.hands_in(keeper.gives(clinic.clock.now(), is_withdrawn=True), keeper.gives(clinic.clock.now()))

    assert await clinic.order() == ["G-A02"]
    assert (await clinic.kinds())[-3:] == ["issue", "cancel", "issue"]


async def test_yesterdays_number_expires_with_its_day(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    offline = keeper.gives(clinic.clock.now())
    clinic.clock.forward(hours=30)
    await keeper.hands_in(offline)

    await clinic.services.queue.day_end.expire_leftovers()

    assert await clinic.order() == []
    assert (await clinic.kinds())[-1] == "expire"


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=40)])
async def test_a_keeper_from_the_future_is_put_at_the_end_and_goes_before_nobody(
    clinic: Clinic, ahead: timedelta
) -> None:
    keeper = await a_keeper(clinic)
    before = await clinic.issue()
    at = clinic.clock.now() + ahead
    clinic.clock.forward(seconds=1)
    await keeper.hands_in(keeper.gives(at), keeper.gives(at))

    after = await clinic.issue()

    assert await clinic.order() == [before.number, "G-A01", "G-A02", after.number]


async def test_the_desk_sees_to_a_task_once_and_is_told_how_many_there_are(clinic: Clinic) -> None:
    keeper, handing_in = await a_keeper(clinic), clinic.services.devices.handing_in
    await keeper.hands_in(keeper.gives(clinic.clock.now(), is_estimated=True))
    (task,) = await handing_in.tasks()
    told = [(one.kind, one.name) for one in await clinic.services.alerts.troubles.now() if one.kind == "desk_tasks"]

    await handing_in.finish(task.id, by=ADMIN)

    assert told == [("desk_tasks", "1")]
    assert await handing_in.tasks() == []
    with pytest.raises(NotFound):
        await handing_in.finish(task.id, by=ADMIN)
