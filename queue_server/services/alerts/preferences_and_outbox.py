"""Alerts as people deal with them: choosing channels, looking at the outbox, sending again, keeping the costs down."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from queue_server import sources
from queue_server.alerts.texts import sentence
from queue_server.domain.access.actors import Actor
from queue_server.domain.alerts.alerts import (
    LIFETIME,
    Address,
    AlertKind,
    AlertPreference,
    Channel,
    Driver,
    Holder,
    JudgingDriver,
    KeyedDriver,
    MessageState,
    expires_at,
    masked,
)
from queue_server.domain.alerts.push_addresses import push_address
from queue_server.domain.errors import BadInput, NotFound
from queue_server.domain.people.patients import gets_sms, phone_number
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import day_ends_at
from queue_server.live.json_views import Json
from queue_server.locale import offered, texts
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.alerts import limit_rows, outbox_history_rows, outbox_rows, preference_rows
from queue_server.storage.alerts.outbox_rows import NewMessage, StoredMessage
from queue_server.storage.engine.store import Store, Transaction

#: What a wish may say.
MOST_MINUTES, MOST_AHEAD = 120, 50
LONGEST_EMAIL = 254
MOST_ADDRESSES: Mapping[Channel, int] = {Channel.SMS: 1, Channel.EMAIL: 1, Channel.PUSH: 5}
PAGE = 50

#: A gateway's words for what became of a message, in lower case.
REPORTS: Mapping[str, MessageState] = {
    **dict.fromkeys(("delivered", "delivrd", "read", "success"), MessageState.DELIVERED),
    **dict.fromkeys(("sent", "accepted", "queued", "sending", "submitted"), MessageState.SENT),
    **dict.fromkeys(
        ("failed", "undelivered", "undeliv", "rejected", "rejectd", "expired", "blocked", "ndnc"), MessageState.FAILED
    ),
}


class Alerts:
    """`channels` are those for which this server has a driver; without any, nobody is told and nothing else changes.

    `reports_secret`: the secret part of the address at which gateways report; empty when they do not.
    """

    page_size = PAGE

    def __init__(
        self, store: Store, queues: Snapshots, drivers: Mapping[Channel, Driver], reports_secret: str = ""
    ) -> None:
        self.channels = frozenset(drivers)
        self._keyed = [one for one in drivers.values() if isinstance(one, KeyedDriver)]
        self.reports_secret = reports_secret
        judging = [one for one in drivers.values() if isinstance(one, JudgingDriver)]
        self._not_understood = {one.channel for one in judging if not one.is_understood}
        self._store = store
        self._queues = queues

    @property
    def push_key(self) -> str:
        """What a browser needs to subscribe to web push; empty where that is not possible."""
        return self._keyed[0].public_key() if self._keyed else ""

    async def wish(self, holder: Holder) -> AlertPreference:
        """How the holder wishes to be told."""
        async with self._store.reading() as connection:
            return await preference_rows.wish_of(connection, holder)

    async def save_wish(self, holder: Holder, wish: AlertPreference) -> None:
        """The holder wishes this from now on. Raises `BadInput` naming the field."""
        if not 1 <= wish.minutes <= MOST_MINUTES:
            raise BadInput("minutes", f"The minutes are {wish.minutes}; 1 to {MOST_MINUTES} can be chosen.")
        if wish.ahead is not None and not 0 <= wish.ahead <= MOST_AHEAD:
            raise BadInput("ahead", f"The people ahead are {wish.ahead}; 0 to {MOST_AHEAD} can be chosen.")
        if (wish.quiet_from is None) != (wish.quiet_until is None):
            raise BadInput("quiet_until", "Quiet hours need a beginning and an end.")
        async with self._store.transaction() as work:
            await preference_rows.save_wish(work, holder, wish)

    async def addresses(self, holder: Holder) -> list[Address]:
        """Where the holder has agreed to be told."""
        async with self._store.reading() as connection:
            return await preference_rows.addresses_of(connection, holder)

    async def agree(self, holder: Holder, channel: Channel, to: str, *, by: Actor) -> None:
        """The holder wants to be told there. Raises `BadInput` for an address that is none, or no such channel.

        One number and one e-mail address at a time, and a few browsers, so that nobody makes this server write to
        strangers by the dozen.
        """
        if channel not in self.channels:
            raise BadInput("channel", f"This clinic sends nothing by {channel}.")
        address = await self.address(channel, to)
        async with self._store.transaction() as work:
            await preference_rows.add_address(work, holder, channel, address)
            await preference_rows.keep_newest(work, holder, channel, MOST_ADDRESSES[channel])
            work.record(_choice("alerts_agreed", work, holder, channel, by))

    async def disagree(self, holder: Holder, channel: Channel, to: str | None = None, *, by: Actor) -> None:
        """The holder is no longer told on this channel, or at this address of it."""
        async with self._store.transaction() as work:
            await preference_rows.remove_addresses(work, holder, channel, to)
            await outbox_rows.withdraw_from(work, holder, channel, to)
            work.record(_choice("alerts_stopped", work, holder, channel, by))

    async def stop(self, message: str, *, by: Actor) -> None:
        """Whoever got the e-mail of this id gets no more of them at its address. Raises `NotFound`."""
        async with self._store.transaction() as work:
            holders, to = await outbox_history_rows.holders_of(work.connection, Channel.EMAIL, message)
            if not holders:
                raise NotFound("There is nothing at this address.")
            for holder in holders:
                await preference_rows.remove_addresses(work, holder, Channel.EMAIL, to)
                await outbox_rows.withdraw_from(work, holder, Channel.EMAIL, to)
                work.record(_choice("alerts_stopped", work, holder, Channel.EMAIL, by))

    async def is_known(self, message: str) -> bool:
        """Whether an e-mail of this id was sent in the last weeks."""
        async with self._store.reading() as connection:
            return bool((await outbox_history_rows.holders_of(connection, Channel.EMAIL, message))[0])

    async def address(self, channel: Channel, text: str) -> str:
        """The address as it is kept. Raises `BadInput` when the channel has no such addresses."""
        if channel is Channel.SMS:
            number = phone_number(text, (await self._queues.clinic()).phone_region)
            if not gets_sms(number):
                raise BadInput("no_sms", "No SMS reaches this number: it is no mobile phone's.")
            return number
        if channel is Channel.EMAIL:
            return email_address(text)
        return push_address(text) if channel is Channel.PUSH else text

    async def put_code(
        self, work: Transaction, phone: str, language: str, code: str, patient_ids: Collection[int] = ()
    ) -> bool:
        """The code for a new PIN goes out after the commit; false when there is no way.

        It goes by SMS to the number (E.164); where none can, to the e-mail addresses of these patients.
        """
        ways = [(Channel.SMS, phone)] if Channel.SMS in self.channels and gets_sms(phone) else []
        if not ways and Channel.EMAIL in self.channels:
            for patient_id in patient_ids:
                known = await preference_rows.addresses_of(work.connection, Holder(patient_id=patient_id))
                ways += [(one.channel, one.to) for one in known if one.channel is Channel.EMAIL]
        kind, cause = AlertKind.PIN_RESET, f"{AlertKind.PIN_RESET}:{secrets.token_hex(8)}"
        until, said = expires_at(kind, work.now, work.now), {"code": code}
        messages = [
            NewMessage(cause, channel, kind, to, offered(language), work.now, until, said) for channel, to in ways
        ]
        return bool(await outbox_rows.put(work, messages))

    async def put_link(self, work: Transaction, phone: str | None, token_id: int, number: str, language: str) -> bool:
        """The link to the token goes out by SMS after the commit, once; false where none can reach this number."""
        try:
            to = await self.address(Channel.SMS, phone or "")
        except BadInput:
            return False
        if Channel.SMS not in self.channels:
            return False
        kind, said = AlertKind.LINK, {"number": number}
        cause, until, language = f"{kind}:{token_id}", expires_at(kind, work.now, work.now), offered(language)
        message = NewMessage(cause, Channel.SMS, kind, to, language, work.now, until, said, token_id=token_id)
        return bool(await outbox_rows.put(work, [message]))

    async def page(
        self, *, channel: str = "", state: str = "", before: int | None = None, most: int = PAGE
    ) -> list[Json]:
        """At most so many messages, newest first; addresses are masked, secrets left out. Raises `BadInput`."""
        chosen_channel = one_of(Channel, channel, "channel") if channel else None
        chosen_state = one_of(MessageState, state, "state") if state else None
        async with self._store.reading() as connection:
            found = await outbox_history_rows.newest(
                connection, channel=chosen_channel, state=chosen_state, before=before, most=most
            )
        return [_shown(message) for message in found]

    async def counts(self) -> list[Json]:
        """Each channel with what today's messages have come to, its daily limit, and how much of it is used."""
        clinic = await self._queues.clinic()
        began = day_ends_at(await self._queues.day() - timedelta(days=1), clinic.zone, clinic.roll_over)
        async with self._store.reading() as connection:
            counted = await outbox_history_rows.counts(connection, began)
            limits = await limit_rows.limits(connection)
            used = {channel: await outbox_rows.handed_since(connection, channel, began) for channel in Channel}
        listed = [one for one in Channel if one is not Channel.LIVE]
        return [
            {
                "channel": channel,
                "is_possible": channel in self.channels,
                "is_understood": channel not in self._not_understood,
                "states": {state: counted.get((channel, state), 0) for state in MessageState},
                "limit": limits.get(channel),
                "used": used[channel],
            }
            for channel in listed
        ]

    async def set_limit(self, channel: Channel, most: int | None, *, by: Actor) -> None:
        """No more than so many messages of the channel are handed over in a service day. Raises `BadInput`."""
        if most is not None and not 0 <= most <= 1_000_000:
            raise BadInput("limit", f"A daily limit is a number up to 1000000, not {most}.")
        async with self._store.transaction() as work:
            await limit_rows.save_limit(work, channel, most)
            work.record(Event("alert_limit", work.now, str(by), data={"channel": channel, "limit": most}))
            work.touch(sources.OUTBOX)

    async def send_again(self, message_id: int, *, by: Actor) -> None:
        """The message is sent once more. Raises `NotFound` when there is none that is done."""
        async with self._store.transaction() as work:
            found = await outbox_rows.by_id(work.connection, [message_id])
            if not found or found[0].kind is AlertKind.PIN_RESET:
                raise NotFound(f"There is no message {message_id} that can be sent again.", id=message_id)
            if not await outbox_history_rows.again(work, message_id, LIFETIME[found[0].kind]):
                raise NotFound(f"Message {message_id} is on its way already.", id=message_id)
            work.record(Event("alert_sent_again", work.now, str(by), data={"message": message_id}))

    async def send_test(self, channel: Channel, to: str, language: str, *, by: Actor) -> None:
        """A test message goes to the address. Raises `BadInput`."""
        if channel not in self.channels or channel not in {Channel.SMS, Channel.EMAIL}:
            raise BadInput("channel", f"This server sends no test message by {channel}.")
        address = await self.address(channel, to)
        clinic = await self._queues.clinic()
        async with self._store.transaction() as work:
            cause, until = f"test:{secrets.token_hex(8)}", work.now + LIFETIME[AlertKind.TEST]
            data = {"clinic": clinic.name}
            message = NewMessage(cause, channel, AlertKind.TEST, address, offered(language), work.now, until, data=data)
            await outbox_rows.put(work, [message])
            work.record(Event("alert_tested", work.now, str(by), data={"channel": channel}))

    async def report(self, *, key: str | None, provider_id: str | None, status: str, reason: str | None) -> bool:
        """A gateway says what became of a message; false for a message or a word that is not known."""
        state = REPORTS.get(status.strip().lower())
        if state is None or not (key or provider_id):
            return False
        why = (reason or "undelivered")[:200] if state is MessageState.FAILED else None
        async with self._store.transaction() as work:
            return await outbox_history_rows.report(work, key=key, provider_id=provider_id, state=state, reason=why)


def email_address(text: str) -> str:
    """The e-mail address without spaces round it. Raises `BadInput` for what no mail server would take."""
    address = text.strip()
    name, _, domain = address.rpartition("@")
    is_plain = (
        address.isascii() and address.isprintable() and not any(character in address for character in ' ,;<>()[]"\\')
    )
    is_domain = "." in domain and all(part.strip("-") == part != "" for part in domain.split("."))
    if not (name and is_plain and is_domain and "@" not in name and len(address) <= LONGEST_EMAIL):
        raise BadInput("email", "This is not an e-mail address.")
    return address


def _choice(kind: str, work: Transaction, holder: Holder, channel: Channel, by: Actor) -> Event:
    data = {"channel": channel, "patient": holder.patient_id}
    return Event(kind, work.now, str(by), holder.token_id, data=data)


Word = TypeVar("Word", bound=StrEnum)


def one_of(words: type[Word], text: str, field: str) -> Word:
    """The word of the enumeration. Raises `BadInput` naming the field."""
    if text not in list(words):
        raise BadInput(field, f"{text[:20]!r} is no {field}.")
    return words(text)


def _shown(message: StoredMessage) -> Json:
    is_secret = message.kind is AlertKind.PIN_RESET
    words = "" if is_secret else sentence(message.kind, texts(message.language), message.data)
    return {
        "id": message.id,
        "kind": message.kind,
        "channel": message.channel,
        "to": masked(message.channel, message.to),
        "number": message.number,
        "language": message.language,
        "text": words,
        "state": message.state,
        "reason": message.reason,
        "tries": message.tries,
        "created_at": message.created_at,
        "changed_at": message.changed_at,
        "due_at": message.due_at,
        "can_repeat": message.state in outbox_rows.DONE and not is_secret,
    }
