"""Subscriptions of programs, each its own, on both databases. What is sent is tested in `tests/webhooks`."""

from __future__ import annotations

import pytest

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.scopes import Scope
from queue_server.domain.errors import BadInput, KeyReused, NotAllowed, Outdated, UnknownProgram, UnknownWebhook
from queue_server.domain.programs.webhooks import WebhookState
from queue_server.services.programs.webhooks import MOST, Subscription, Webhooks, version_of, webhook_view
from tests.clinics import ADMIN, Clinic

URL = "https://hooks.example.org/queue"
CALLS = Subscription(URL, ["token.called"])


@pytest.fixture
def webhooks(clinic: Clinic) -> Webhooks:
    """The clinic's webhooks."""
    return clinic.services.programs.webhooks


async def program(clinic: Clinic, *scopes: Scope) -> Actor:
    """A program whose key opens these scopes."""
    key = await clinic.services.programs.keys.add("other software", scopes or list(Scope))
    found = await clinic.services.devices.registry.who(key)
    assert found is not None
    return found


async def test_a_program_sees_and_changes_its_own_webhooks_only(clinic: Clinic, webhooks: Webhooks) -> None:
    mine, other = await program(clinic), await program(clinic)
    webhook = await webhooks.add(mine.id, CALLS, by=mine)

    for answer in (
        webhooks.one(webhook.id, other.id),
        webhooks.change(webhook.id, other.id, by=other, is_active=False),
        webhooks.replay(webhook.id, 0, other.id, by=other),
        webhooks.deliveries(webhook.id, other.id),
        webhooks.remove(webhook.id, other.id, by=other),
    ):
        with pytest.raises(UnknownWebhook):
            await answer

    assert await webhooks.all(other.id) == ([], None)
    assert await webhooks.one(webhook.id, None) == webhook
    assert await webhooks.all(mine.id) == ([webhook], None)


async def test_a_repeated_request_makes_one_webhook(clinic: Clinic, webhooks: Webhooks) -> None:
    mine = await program(clinic)

    first = await webhooks.add(mine.id, CALLS, by=mine, key="press")

    assert await webhooks.add(mine.id, CALLS, by=mine, key="press") == first
    with pytest.raises(KeyReused):
        await webhooks.add(mine.id, Subscription(URL, ["token.issued"]), by=mine, key="press")
    assert len((await webhooks.all(mine.id))[0]) == 1


async def test_a_program_has_no_more_than_ten(clinic: Clinic, webhooks: Webhooks) -> None:
    mine, other = await program(clinic), await program(clinic)
    for _ in range(MOST):
        await webhooks.add(mine.id, CALLS, by=mine)

    with pytest.raises(BadInput):
        await webhooks.add(mine.id, CALLS, by=mine)

    await webhooks.add(other.id, CALLS, by=other)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Subscription("http://10.0.0.7/", ["token.called"]), BadInput),
        (Subscription("nowhere", ["token.called"]), BadInput),
        (Subscription(URL, ["token.eaten"]), BadInput),
        (Subscription(URL, ["document.added"]), NotAllowed),
    ],
)
async def test_a_bad_subscription_is_refused(
    clinic: Clinic, webhooks: Webhooks, asked: Subscription, error: type[Exception]
) -> None:
    narrow = await program(clinic, Scope.QUEUES_READ)

    with pytest.raises(error):
        await webhooks.add(narrow.id, asked, by=narrow)

    assert await webhooks.all(None) == ([], None)


async def test_a_revoked_program_gets_no_webhook(clinic: Clinic, webhooks: Webhooks) -> None:
    mine = await program(clinic)
    await clinic.services.programs.keys.revoke(mine.id)

    with pytest.raises(UnknownProgram):
        await webhooks.add(mine.id, CALLS, by=ADMIN)


async def test_a_change_from_an_old_page_is_refused(clinic: Clinic, webhooks: Webhooks) -> None:
    mine = await program(clinic)
    webhook = await webhooks.add(mine.id, CALLS, by=mine)
    seen = version_of(webhook)

    changed = await webhooks.change(webhook.id, None, by=ADMIN, events=["token.issued"], version=seen)

    assert [str(topic) for topic in changed.topics] == ["token.issued"]
    with pytest.raises(Outdated):
        await webhooks.change(webhook.id, None, by=ADMIN, is_active=False, version=seen)
    with pytest.raises(Outdated):
        await webhooks.remove(webhook.id, None, by=ADMIN, version=seen)
    await webhooks.remove(webhook.id, None, by=ADMIN, version=version_of(changed))
    assert await webhooks.all(None) == ([], None)


async def test_a_replay_goes_back_never_beyond_the_journal(clinic: Clinic, webhooks: Webhooks) -> None:
    mine = await program(clinic)
    webhook = await webhooks.add(mine.id, CALLS, by=mine)
    await webhooks.change(webhook.id, None, by=ADMIN, is_active=False)

    back = await webhooks.replay(webhook.id, 0, mine.id, by=mine)
    end = await webhooks.head()
    ahead = await webhooks.replay(webhook.id, end + 500, mine.id, by=mine)

    assert (back.position, back.state) == (0, WebhookState.ACTIVE)
    assert ahead.position == end


async def test_pages_follow_one_another(clinic: Clinic, webhooks: Webhooks) -> None:
    mine = await program(clinic)
    made = [(await webhooks.add(mine.id, CALLS, by=mine)).id for _ in range(3)]

    first, after = await webhooks.all(mine.id, limit=2)
    rest, end = await webhooks.all(mine.id, after or 0, 2)

    assert ([one.id for one in [*first, *rest]], end) == (made, None)


async def test_the_secret_is_on_no_page(clinic: Clinic, webhooks: Webhooks) -> None:
    mine = await program(clinic)
    webhook = await webhooks.add(mine.id, CALLS, by=mine)

    assert webhook.secret
    assert webhook.secret not in str(webhook_view(webhook))
