"""A walk-in's papers for whoever holds the slip, on both databases."""

from __future__ import annotations

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.print_jobs import WAITED_FOR, PrintState
from queue_server.domain.errors import (
    BadInput,
    NoMedicines,
    NoPapers,
    QueueError,
    UnknownDocument,
    UnknownToken,
    WrongDigits,
)
from queue_server.domain.people.patients import Person
from queue_server.services.access.slip_digits import SlipDigits
from queue_server.services.queue.issuing import IssuedToken
from queue_server.storage.people import patient_rows
from tests.clinics import ADMIN, KIOSK, Clinic
from tests.services.records.test_signing import certified, prescribed, token

__all__ = ["token"]

DESK = Actor(ActorKind.DESK, 1)


async def digits_of(clinic: Clinic, walk_in: IssuedToken) -> str:
    """What the slip prints."""
    return await SlipDigits(clinic.services.store).of(walk_in.key)


@pytest.fixture
async def agent(clinic: Clinic) -> Actor:
    """The print agent of the entrance."""
    devices = clinic.services.devices.registry
    found = await devices.who(await devices.add(DeviceKind.AGENT, "Printer", "entrance"))
    assert found is not None
    return found


async def switch(clinic: Clinic, *, is_on: bool) -> None:
    """The clinic lets slips open papers, or not."""
    settings = clinic.services.clinic.settings
    await settings.save({**await settings.read(), "papers_by_slip": is_on}, None, by=ADMIN)


async def test_link_and_digits_of_the_slip_open_the_visits_papers_and_that_is_noted(
    clinic: Clinic, token: IssuedToken
) -> None:
    papers, digits = clinic.services.records.slip_papers, await digits_of(clinic, token)
    first = await prescribed(clinic, token)
    assert await papers.language(token.key) == "en"

    (paper,) = await papers.papers(token.key, digits)
    opened = await papers.open(token.key, digits, paper.id)

    assert paper.id == first["document"]
    assert b"".join([piece async for piece in opened.chunks]).startswith(b"%PDF")
    async with clinic.services.store.reading() as connection:
        seen = (await connection.exec_driver_sql("SELECT what, reader, document_id FROM record_read")).all()
    assert ("document", "patient", paper.id) in [tuple(row) for row in seen]
    with pytest.raises(UnknownDocument):
        await papers.open(token.key, digits, paper.id + 1)


async def test_who_came_by_an_app_has_no_account_and_opens_the_papers_with_the_slip_until_erased(
    clinic: Clinic, token: IssuedToken
) -> None:
    async with clinic.services.store.transaction() as work:
        patient = await patient_rows.add_patient(work, None, Person("Asha", 1988))
        await patient_rows.attach(work, token.token_id, patient)
    await prescribed(clinic, token)
    papers, digits = clinic.services.records.slip_papers, await digits_of(clinic, token)
    assert len(await papers.papers(token.key, digits)) == 1

    await clinic.services.records.personal_data.erase(patient, by=ADMIN)

    with pytest.raises(NoPapers):
        await papers.papers(token.key, digits)


async def test_wrong_digits_open_nothing(clinic: Clinic, token: IssuedToken, agent: Actor) -> None:
    await prescribed(clinic, token)
    wrong = f"{(int(await digits_of(clinic, token)) + 1) % 10_000:04d}"
    papers = clinic.services.records.slip_papers

    for answer in (
        papers.papers(token.key, wrong),
        papers.open(token.key, wrong, 1),
        papers.print(token.key, wrong, "entrance", by=KIOSK),
        papers.print_at_desk(token.token_id, wrong, "entrance", by=DESK),
    ):
        with pytest.raises(WrongDigits):
            await answer
    assert await clinic.services.devices.printing.open_jobs(agent) == []


@pytest.mark.parametrize("because", ["switched off", "in an account", "the day is over", "no such link"])
async def test_nothing_is_answered_where_the_slip_is_no_key(
    clinic: Clinic, token: IssuedToken, agent: Actor, because: str
) -> None:
    papers, digits, key = clinic.services.records.slip_papers, await digits_of(clinic, token), token.key
    await prescribed(clinic, token)
    if because == "switched off":
        await switch(clinic, is_on=False)
    elif because == "in an account":
        patient = (await clinic.register()).family[0]
        await clinic.services.records.attaching.by_login(token.key, patient)
    elif because == "the day is over":
        clinic.clock.forward(days=1)
    else:
        key = "x" * 24

    for answer in (papers.language(key), papers.papers(key, digits), papers.print(key, digits, "entrance", by=KIOSK)):
        with pytest.raises(UnknownToken if because == "no such link" else NoPapers):
            await answer


async def test_the_slip_says_its_digits_only_while_they_open_something(clinic: Clinic, agent: Actor) -> None:
    printing = clinic.services.devices.printing
    issued = await clinic.issue()
    await clinic.services.screens.desk.print_slip(issued.token_id, "entrance", by=DESK)
    (job,) = await printing.open_jobs(agent)
    digits = await digits_of(clinic, issued)

    assert digits in ((await printing.compose(job))["papers_text"] or "")
    await switch(clinic, is_on=False)
    assert (await printing.compose(job))["papers_text"] is None


async def test_each_prescription_is_printed_once_a_press_in_its_newest_version(
    clinic: Clinic, token: IssuedToken, agent: Actor
) -> None:
    papers, printing = clinic.services.records.slip_papers, clinic.services.devices.printing
    digits = await digits_of(clinic, token)
    await certified(clinic, token)
    with pytest.raises(NoMedicines):
        await papers.print(token.key, digits, "entrance", by=KIOSK)
    await prescribed(clinic, token)

    jobs = await papers.print(token.key, digits, "entrance", by=KIOSK, once_key="press")

    assert await papers.print(token.key, digits, "entrance", by=KIOSK, once_key="press") == jobs
    assert [job.id for job in await printing.open_jobs(agent)] == jobs
    document = await printing.document((await printing.open_jobs(agent))[0])
    assert (document["number"], document["language"]) == ("G-001", "en")
    with pytest.raises(BadInput):
        await papers.print(token.key, digits, "roof", by=KIOSK)
    await printing.report(agent, jobs[0], PrintState.PRINTED, None)
    (again,) = await papers.print_at_desk(token.token_id, digits, "entrance", by=DESK)
    assert [(job.id, job.copy) for job in await printing.open_jobs(agent)] == [(again, 2)]


async def test_medicines_are_no_slip_to_print_again_and_do_not_come_out_late(
    clinic: Clinic, token: IssuedToken, agent: Actor
) -> None:
    await prescribed(clinic, token)
    digits = await digits_of(clinic, token)
    await clinic.services.records.slip_papers.print(token.key, digits, "entrance", by=KIOSK)

    assert (await clinic.services.screens.boards.desk()).data["prints"] == []
    assert (await clinic.services.screens.desk.history(token.token_id, by=DESK))["slips"] == []
    clinic.clock.forward(seconds=WAITED_FOR.total_seconds() + 1)
    assert await clinic.services.devices.printing.open_jobs(agent) == []


async def test_medicines_that_do_not_open_are_said_to_fail(clinic: Clinic, token: IssuedToken, agent: Actor) -> None:
    await prescribed(clinic, token)
    digits = await digits_of(clinic, token)
    await clinic.services.records.slip_papers.print(token.key, digits, "entrance", by=KIOSK)
    (job,) = await clinic.services.devices.printing.open_jobs(agent)
    async with clinic.services.store.transaction() as work:
        await work.connection.exec_driver_sql("UPDATE record SET content_id = NULL")

    with pytest.raises(QueueError):
        await clinic.services.devices.printing.document(job)
