"""A token's version changes with every change of it."""

from __future__ import annotations

import pytest

from queue_server.domain.errors import Outdated
from queue_server.domain.queue.tokens import Action
from tests.clinics import PROGRAM, Clinic


async def test_a_version_names_one_state_of_a_token(clinic: Clinic) -> None:
    token = await clinic.issue()
    status, calling = clinic.services.screens.token_pages, clinic.services.queue.calling
    seen = await status.version(token.token_id)
    await clinic.act(token, Action.HOLD)

    with pytest.raises(Outdated):
        await calling.act(token.token_id, Action.RESUME, by=PROGRAM, match=seen)

    assert await clinic.state(token) == "held"
    await calling.act(token.token_id, Action.RESUME, by=PROGRAM, match=await status.version(token.token_id))
    assert await clinic.state(token) == "waiting"
