"""The use cases as they are put together: they share one store and hear of its commits."""

from __future__ import annotations

from datetime import timedelta

from display.announcing import announcement
from queue_server.domain.access.actors import UNLOCKING
from queue_server.domain.people.staff import LoginRules
from queue_server.services import compose
from tests.alerting import an_alerting_clinic
from tests.clinics import ADMIN, Clinic


async def test_what_one_use_case_commits_the_others_show_at_once(clinic: Clinic) -> None:
    assert await clinic.order() == []

    await clinic.issue()
    assert await clinic.order() == ["G-001"]

    await clinic.services.clinic.settings.save(
        {**await clinic.services.clinic.settings.read(), "name": "Sunrise"}, None, by=ADMIN
    )
    assert (await clinic.services.clinic.queues.clinic()).name == "Sunrise"


async def test_whoever_is_called_is_told_by_the_drivers_that_were_given(database_url: str) -> None:
    async with an_alerting_clinic(database_url) as alerting:
        await alerting.patient()
        await alerting.clinic.next()

        assert await alerting.settle() == ["called"]
        assert alerting.email.kinds == []


async def test_staff_screens_lock_after_the_time_that_was_given(clinic: Clinic) -> None:
    rules = LoginRules(timedelta(minutes=3))
    accounts = compose(clinic.services.store, announcement, "http://queue.test", rules).people.accounts
    secret = await accounts.log_in("first", "correct horse")

    clinic.clock.forward(minutes=4)

    locked, elsewhere = await accounts.who(secret), await clinic.services.people.accounts.who(secret, is_use=False)
    assert locked is not None
    assert elsewhere is not None
    assert (locked.waits_for, elsewhere.waits_for) == (UNLOCKING, "")
