"""Where one token stands, for its phone page and for programs."""

import pytest

from queue_server.domain.errors import UnknownToken
from queue_server.domain.queue.tokens import Action
from tests.clinics import Clinic


async def test_the_phone_link_is_dead_after_its_day(clinic: Clinic) -> None:
    token = await clinic.issue()
    assert (await clinic.services.screens.token_pages.phone(token.key))["number"] == "G-001"

    clinic.clock.forward(days=1)

    with pytest.raises(UnknownToken):
        await clinic.services.screens.token_pages.phone(token.key)


async def test_a_missed_patient_may_come_back_twice_alone_and_then_asks_at_the_desk(clinic: Clinic) -> None:
    token = await clinic.issue()
    for _ in range(2):
        await clinic.next()
        await clinic.act(token, Action.MISS)
        assert (await clinic.services.screens.token_pages.phone(token.key))["can_return"]
        await clinic.services.screens.token_pages.come_back(token.key)

    await clinic.next()
    await clinic.act(token, Action.MISS)

    assert not (await clinic.services.screens.token_pages.phone(token.key))["can_return"]
