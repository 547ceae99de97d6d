"""Who wants to be told, how, and at which addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, time
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlmodel import col

from queue_server import sources
from queue_server.domain.alerts.alerts import Address, AlertPreference, Channel, Contact, Holder
from queue_server.storage.alerts.outbox_rows import address_hash
from queue_server.storage.engine.statements import Statement
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import AlertAddressRow, AlertPreferenceRow, PatientRow, TokenRow


def _contacts_query(is_asked: ColumnElement[bool]) -> Any:
    own, familys, address = aliased(AlertPreferenceRow), aliased(AlertPreferenceRow), AlertAddressRow
    is_theirs = or_(col(address.token_id) == col(TokenRow.id), col(address.patient_id) == col(TokenRow.patient_id))
    return (
        select(
            col(TokenRow.id),
            col(TokenRow.patient_id),
            col(TokenRow.number),
            func.coalesce(col(PatientRow.language), col(TokenRow.language)).label("language"),
            col(address.channel),
            col(address.address),
            func.coalesce(col(own.id), col(familys.id)).label("wish_id"),
        )
        .join(address, is_theirs)
        .outerjoin(PatientRow, col(PatientRow.id) == col(TokenRow.patient_id))
        .outerjoin(own, col(own.token_id) == col(TokenRow.id))
        .outerjoin(familys, col(familys.patient_id) == col(TokenRow.patient_id))
        .where(is_asked, col(address.refused_reason).is_(None))
        .order_by(col(address.id))
    )


_CONTACTS = _contacts_query(col(TokenRow.id).in_(bindparam("token_ids", expanding=True)))
#: What every press asks, of the one or two tokens that it is about.
_CONTACTS_OF_TOKEN = Statement(_contacts_query(col(TokenRow.id) == bindparam("token_id")))
_FEW = 4


async def contacts(
    connection: AsyncConnection, token_ids: Collection[int], channels: Collection[Channel]
) -> dict[int, Contact]:
    """Token id → how its holder is reached by these channels; absent for whoever has no such address."""
    if not token_ids or not channels:
        return {}
    found = [row for row in await _contact_rows(connection, token_ids) if row.channel in channels]
    wishes = await _wishes(connection, {row.wish_id for row in found if row.wish_id is not None})
    addresses: defaultdict[int, dict[tuple[Channel, str], None]] = defaultdict(dict)
    for row in found:
        addresses[row.id][row.channel, row.address] = None
    return {
        row.id: Contact(
            row.id,
            row.patient_id,
            row.number,
            row.language,
            wishes.get(row.wish_id, AlertPreference()),
            tuple(addresses[row.id]),
        )
        for row in found
    }


async def _contact_rows(connection: AsyncConnection, token_ids: Collection[int]) -> list[Any]:
    if len(token_ids) > _FEW:
        return list(await connection.execute(_CONTACTS, {"token_ids": list(token_ids)}))
    return [row for one in token_ids for row in await _CONTACTS_OF_TOKEN.rows(connection, token_id=one)]


async def contact_of_patient(
    connection: AsyncConnection, patient_id: int, channels: Collection[Channel]
) -> Contact | None:
    """How the patient is reached by these channels; none without such an address."""
    holder = Holder(patient_id=patient_id)
    addresses = await addresses_of(connection, holder)
    usable = tuple((one.channel, one.to) for one in addresses if one.channel in channels and not one.refused_reason)
    if not usable:
        return None
    query = select(col(PatientRow.language)).where(col(PatientRow.id) == patient_id)
    language = (await connection.execute(query)).scalar_one()
    return Contact(None, patient_id, "", language, await wish_of(connection, holder), usable)


async def wish_of(connection: AsyncConnection, holder: Holder) -> AlertPreference:
    """What the holder wishes; the ordinary wish of whoever said nothing."""
    columns = AlertPreferenceRow.metadata.tables["alert_wish"].columns
    row = (await connection.execute(select(*columns).where(_of(AlertPreferenceRow, holder)))).first()
    return _wish(row) if row else AlertPreference()


async def save_wish(work: Transaction, holder: Holder, wish: AlertPreference) -> None:
    """The holder wishes this from now on."""
    values: dict[str, Any] = {
        "minutes": wish.minutes,
        "ahead": wish.ahead,
        "quiet_from": _text(wish.quiet_from),
        "quiet_until": _text(wish.quiet_until),
    }
    statement = work.insert(AlertPreferenceRow).values(patient_id=holder.patient_id, token_id=holder.token_id, **values)
    owner = "patient_id" if holder.patient_id is not None else "token_id"
    await work.connection.execute(statement.on_conflict_do_update(index_elements=[owner], set_=values))
    work.touch(sources.ALERT_CHOICES)


async def addresses_of(connection: AsyncConnection, holder: Holder) -> list[Address]:
    """Where the holder has agreed to be told, oldest first."""
    row = AlertAddressRow
    query = select(col(row.id), col(row.channel), col(row.address), col(row.refused_reason)).where(_of(row, holder))
    found = await connection.execute(query.order_by(col(row.id)))
    return [Address(one.id, one.channel, one.address, one.refused_reason) for one in found]


async def add_address(work: Transaction, holder: Holder, channel: Channel, to: str) -> None:
    """The holder agrees to be told there; one that was refused is tried again."""
    again = {"refused_reason": None, "created_at": work.now}
    owner = "patient_id" if holder.patient_id is not None else "token_id"
    statement = (
        work.insert(AlertAddressRow)
        .values(
            patient_id=holder.patient_id,
            token_id=holder.token_id,
            channel=channel,
            address=to,
            address_hash=address_hash(to),
            created_at=work.now,
        )
        .on_conflict_do_update(index_elements=[owner, "channel", "address_hash"], set_=again)
    )
    await work.connection.execute(statement)
    work.touch(sources.ALERT_CHOICES)


async def keep_newest(work: Transaction, holder: Holder, channel: Channel, most: int) -> None:
    """Of the holder's addresses on the channel only the newest `most` are left."""
    row = AlertAddressRow
    mine = select(col(row.id)).where(_of(row, holder), col(row.channel) == channel)
    newest = mine.order_by(col(row.created_at).desc(), col(row.id).desc()).limit(most)
    kept = [one.id for one in await work.connection.execute(newest)]
    old = delete(row).where(_of(row, holder), col(row.channel) == channel, col(row.id).not_in(kept))
    await work.connection.execute(old)


async def remove_addresses(
    work: Transaction, holder: Holder, channel: Channel | None = None, to: str | None = None
) -> None:
    """The holder is no longer told at this address, on this channel, or anywhere."""
    row = AlertAddressRow
    statement = delete(row).where(_of(row, holder))
    if channel is not None:
        statement = statement.where(col(row.channel) == channel)
    if to is not None:
        statement = statement.where(col(row.address_hash) == address_hash(to))
    await work.connection.execute(statement)
    work.touch(sources.ALERT_CHOICES)


async def refuse_address(work: Transaction, channel: Channel, to: str, reason: str) -> None:
    """The gateway says that there is no such address: nobody is told there until it is given again."""
    row = AlertAddressRow
    statement = update(row).where(col(row.channel) == channel, col(row.address_hash) == address_hash(to))
    await work.connection.execute(statement.values(refused_reason=reason[:200]))
    work.touch(sources.ALERT_CHOICES)


async def delete_of_patient(work: Transaction, patient_id: int) -> None:
    """Nothing is left of where and how the patient wished to be told."""
    tokens = select(col(TokenRow.id)).where(col(TokenRow.patient_id) == patient_id).scalar_subquery()
    for table in (AlertAddressRow, AlertPreferenceRow):
        theirs = or_(col(table.patient_id) == patient_id, col(table.token_id).in_(tokens))
        await work.connection.execute(delete(table).where(theirs))
    work.touch(sources.ALERT_CHOICES)


async def delete_tokens_before(work: Transaction, day: date) -> None:
    """Addresses and wishes for single numbers of earlier service days are gone: nobody is told of those any more."""
    tokens = select(col(TokenRow.id)).where(col(TokenRow.service_day) < day).scalar_subquery()
    for table in (AlertAddressRow, AlertPreferenceRow):
        await work.connection.execute(delete(table).where(col(table.token_id).in_(tokens)))


async def _wishes(connection: AsyncConnection, ids: Collection[int]) -> dict[int, AlertPreference]:
    if not ids:
        return {}
    columns = AlertPreferenceRow.metadata.tables["alert_wish"].columns
    rows = await connection.execute(select(*columns).where(col(AlertPreferenceRow.id).in_(list(ids))))
    return {row.id: _wish(row) for row in rows}


def _of(table: type[AlertAddressRow] | type[AlertPreferenceRow], holder: Holder) -> ColumnElement[bool]:
    if holder.patient_id is not None:
        return col(table.patient_id) == holder.patient_id
    return col(table.token_id) == holder.token_id


def _wish(row: Row[Any]) -> AlertPreference:
    return AlertPreference(row.minutes, row.ahead, _time(row.quiet_from), _time(row.quiet_until))


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _text(moment: time | None) -> str | None:
    return f"{moment:%H:%M}" if moment is not None else None
