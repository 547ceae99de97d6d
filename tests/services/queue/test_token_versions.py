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


async def test_every_change_makes_another_version(clinic: Clinic) -> None:
    token = await clinic.issue()
    pages, seen = clinic.services.screens.token_pages, list[str]()

    for action in (Action.HOLD, Action.RESUME, Action.CANCEL):
        seen.append(await pages.version(token.token_id))
        await clinic.act(token, action)
    seen.append(await pages.version(token.token_id))

    assert len(set(seen)) == 4


async def test_a_transfer_makes_another_version_and_other_tokens_keep_theirs(clinic: Clinic) -> None:
    moved, other = await clinic.issue(), await clinic.issue()
    await clinic.next()
    pages = clinic.services.screens.token_pages
    before = [await pages.version(token.token_id) for token in (moved, other)]

    await clinic.services.queue.calling.transfer(moved.token_id, "LAB", by=PROGRAM)

    after = [await pages.version(token.token_id) for token in (moved, other)]
    assert before[0] != after[0]
    assert before[1] == after[1]
