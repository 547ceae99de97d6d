"""Slips on their way to paper, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.print_jobs import DROPPED, NOBODY_WAITED, WAITED_FOR, PrintState
from queue_server.domain.errors import BadInput, KeyReused, NotFound
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import ADMIN, KIOSK, Clinic


@pytest.fixture
async def agent(clinic: Clinic) -> Actor:
    """The print agent of the entrance."""
    devices = clinic.services.devices.registry
    found = await devices.who(await devices.add(DeviceKind.AGENT, "Printer", "entrance"))
    assert found is not None
    return found


async def slip(clinic: Clinic) -> int:
    """One more token whose slip is printed at the entrance; the id of the job."""
    issued = await clinic.services.queue.issuing.issue(IssueRequest("GEN", place="entrance"), by=KIOSK)
    assert issued.print_job is not None
    return issued.print_job


async def test_a_slip_waits_for_the_agent_of_its_place_only(clinic: Clinic, agent: Actor) -> None:
    devices = clinic.services.devices.registry
    other = await devices.who(await devices.add(DeviceKind.AGENT, "Other", "back"))
    assert other is not None
    first, second = await slip(clinic), await slip(clinic)

    printing = clinic.services.devices.printing

    assert [job.id for job in await printing.open_jobs(agent)] == [first, second]
    assert (await printing.agent(agent.id)).data == {"jobs": [first, second]}
    assert sources.prints("entrance") in (await printing.agent(agent.id)).sources
    assert await printing.open_jobs(other) == []


async def test_a_final_state_never_changes_again(clinic: Clinic, agent: Actor) -> None:
    job, printing = await slip(clinic), clinic.services.devices.printing

    await printing.report(agent, job, PrintState.PRINTED, None)
    await printing.report(agent, job, PrintState.FAILED, "late")

    assert await printing.open_jobs(agent) == []
    shown = (await clinic.services.screens.boards.desk()).data["prints"]
    assert [(one["state"], one["reason"]) for one in shown] == [("printed", None)]  # type: ignore[attr-defined]


async def test_an_agent_of_another_place_changes_nothing(clinic: Clinic, agent: Actor) -> None:
    job, printing = await slip(clinic), clinic.services.devices.printing
    elsewhere = Actor(agent.kind, agent.id + 1, place="back")

    await printing.report(elsewhere, job, PrintState.PRINTED, None)

    assert [one.id for one in await printing.open_jobs(agent)] == [job]


async def slips_at_the_desk(clinic: Clinic) -> list[tuple[str, str | None]]:
    """State and reason of each slip, newest first, as the desk sees it."""
    shown: Any = (await clinic.services.screens.boards.desk()).data
    return [(one["state"], one["reason"]) for one in shown["prints"]]


async def test_a_slip_for_which_nobody_waits_any_more_waits_at_the_desk(clinic: Clinic, agent: Actor) -> None:
    job, printing = await slip(clinic), clinic.services.devices.printing
    clinic.clock.moment += WAITED_FOR + timedelta(seconds=1)

    # The printer's agent comes back: it is given nothing.
    assert await printing.open_jobs(agent) == []
    assert (await printing.agent(agent.id)).data == {"jobs": []}
    await printing.give_up_stale()
    assert await slips_at_the_desk(clinic) == [("failed", NOBODY_WAITED)]

    # The desk prints it, for whoever comes there.
    copy = await printing.again(job, "entrance", by=ADMIN)
    assert [one.id for one in await printing.open_jobs(agent)] == [copy]


async def test_a_slip_that_the_screen_has_given_up_is_not_printed(clinic: Clinic, agent: Actor) -> None:
    first, second = await slip(clinic), await slip(clinic)
    printing = clinic.services.devices.printing
    await printing.report(agent, second, PrintState.SENT, None)
    elsewhere = Actor(KIOSK.kind, KIOSK.id, place="back")

    await printing.give_up(elsewhere, first)
    assert [job.id for job in await printing.open_jobs(agent)] == [first, second]
    for job in (first, second):
        await printing.give_up(KIOSK, job)

    # What the agent has already is on its way to paper.
    assert [job.id for job in await printing.open_jobs(agent)] == [second]
    assert await slips_at_the_desk(clinic) == [("sent", None), ("failed", NOBODY_WAITED)]


async def test_an_agent_is_asked_what_became_of_its_slips_and_told_that_nobody_waits(
    clinic: Clinic, agent: Actor
) -> None:
    job, printing = await slip(clinic), clinic.services.devices.printing
    await printing.report(agent, job, PrintState.SENT, None)
    (fresh,) = await printing.open_jobs(agent)
    assert 0 < printing.waited_for_s(fresh) <= WAITED_FOR.total_seconds()

    clinic.clock.forward(minutes=13)

    (late,) = await printing.open_jobs(agent)
    assert printing.waited_for_s(late) == 0


async def test_the_desk_drops_a_slip_that_nobody_needs(clinic: Clinic, agent: Actor) -> None:
    job, printing = await slip(clinic), clinic.services.devices.printing

    for _ in range(2):
        await printing.drop(job, by=ADMIN)

    assert await printing.open_jobs(agent) == []
    assert await slips_at_the_desk(clinic) == [("failed", DROPPED)]
    assert (await clinic.kinds()).count("slip_removed") == 1
    with pytest.raises(NotFound):
        await printing.drop(99, by=ADMIN)


async def test_a_slip_that_is_on_paper_is_not_dropped_any_more(clinic: Clinic, agent: Actor) -> None:
    job, printing = await slip(clinic), clinic.services.devices.printing
    await printing.report(agent, job, PrintState.PRINTED, None)

    await printing.drop(job, by=ADMIN)

    assert await slips_at_the_desk(clinic) == [("printed", None)]
    assert "slip_removed" not in await clinic.kinds()


async def test_a_copy_says_that_it_is_one(clinic: Clinic, agent: Actor) -> None:
    job, printing = await slip(clinic), clinic.services.devices.printing

    copy = await printing.again(job, "entrance", by=ADMIN, key="press")

    assert await printing.again(job, "entrance", by=ADMIN, key="press") == copy
    first, second = await printing.open_jobs(agent)
    assert [(one.id, one.number, one.copy) for one in (first, second)] == [(job, "G-001", 1), (copy, "G-001", 2)]
    assert await printing.compose(first) != await printing.compose(second)


async def test_a_slip_says_next_only_where_somebody_calls(clinic: Clinic, agent: Actor) -> None:
    await slip(clinic)
    printing = clinic.services.devices.printing
    (job,) = await printing.open_jobs(agent)

    assert (await printing.compose(job))["ahead_text"] == "You are first in the line"
    await clinic.on_duty(0, "1")
    assert (await printing.compose(job))["ahead_text"] == "You are next"


@pytest.mark.parametrize(("job", "place", "error"), [(99, "entrance", NotFound), (1, "roof", BadInput)])
async def test_what_cannot_be_printed_again_is_said(
    clinic: Clinic, agent: Actor, job: int, place: str, error: type[Exception]
) -> None:
    await slip(clinic)

    with pytest.raises(error):
        await clinic.services.devices.printing.again(job, place, by=ADMIN)

    assert len(await clinic.services.devices.printing.open_jobs(agent)) == 1


async def test_one_key_is_for_one_copy(clinic: Clinic, agent: Actor) -> None:
    await clinic.services.devices.registry.add(DeviceKind.AGENT, "Other", "back")
    job, printing = await slip(clinic), clinic.services.devices.printing
    await printing.again(job, "entrance", by=ADMIN, key="press")

    with pytest.raises(KeyReused):
        await printing.again(job, "back", by=ADMIN, key="press")


async def test_the_printers_state_is_shown_when_it_changes(clinic: Clinic, agent: Actor) -> None:
    printing, devices = clinic.services.devices.printing, clinic.services.devices.registry
    await printing.printer(agent, "out")
    revision = clinic.services.clinic.queues.rev_of(sources.DEVICES)

    await printing.printer(agent, "out")

    assert [one.printer for one in await devices.all()] == ["out"]
    assert clinic.services.clinic.queues.rev_of(sources.DEVICES) == revision
    await printing.printer(agent, "ok")
    assert clinic.services.clinic.queues.rev_of(sources.DEVICES) > revision


async def test_a_revoked_agent_says_nothing(clinic: Clinic, agent: Actor) -> None:
    await clinic.services.devices.registry.revoke(agent.id, by=ADMIN)

    await clinic.services.devices.printing.printer(agent, "ok")

    assert (await clinic.services.devices.printing.agent(agent.id)).data == {"jobs": []}
