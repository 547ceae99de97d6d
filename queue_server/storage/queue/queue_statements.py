"""The statements of `queue_rows`, compiled once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Integer, String, bindparam, case, func, or_, select, tuple_, type_coerce, update
from sqlmodel import col

from queue_server.domain.queue.tokens import IN_ROOM, LIVE, Priority, State
from queue_server.storage.engine.statements import Statement, one_of
from queue_server.storage.tables import CallRow, CounterRow, DutyRow, QueueEntryRow, StaffRow, TokenRow, UndoRow
from queue_server.storage.tables.columns import UTCDateTime

_ENTRY = QueueEntryRow.metadata.tables["queue_entry"].columns
_TOKEN = TokenRow.metadata.tables["token"].columns
_CALL = CallRow.metadata.tables["call"].columns
_SAVED = (
    *("state", "priority", "priority_reason", "rank_at", "rank_sequence", "rank_after", "room_id", "doctor_id"),
    *("called_at", "started_at", "finished_at", "calls", "returns", "return_to", "for_doctor_id"),
)


def _insert(table: type[Any], columns: Any) -> Statement:
    """A new row, whose id is returned. Columns that may be empty, or have a default, need not be given."""
    values: dict[str, Any] = {column.key: _value(column) for column in columns if column.key != "id"}
    return Statement(lambda insert: insert(table).values(values).returning(col(table.id)))


def _value(column: Any) -> Any:
    if column.default is not None:
        return bindparam(column.key, column.default.arg)
    return bindparam(column.key, None) if column.nullable else bindparam(column.key)


def entries() -> Any:
    """SELECT of whole entries with their numbers."""
    return select(*_ENTRY, col(TokenRow.number)).join(TokenRow, col(TokenRow.id) == col(QueueEntryRow.token_id))


def _of_department(query: Any) -> Any:
    entry = QueueEntryRow
    return query.where(
        col(entry.department_id) == bindparam("department_id"), col(entry.service_day) == bindparam("day")
    )


def _token(*conditions: Any) -> Statement:
    return Statement(select(*_TOKEN).where(*conditions, col(TokenRow.is_deleted).is_(False)))


#: As `Rank.key`, for those of one kind (emergencies, or the others).
PLACE = (
    col(QueueEntryRow.rank_at),
    func.coalesce(col(QueueEntryRow.rank_sequence), col(QueueEntryRow.id)),
    col(QueueEntryRow.rank_after),
)
_IS_EMERGENCY = col(QueueEntryRow.priority) == Priority.EMERGENCY
_IS_WAITING = col(QueueEntryRow.state) == State.WAITING
_IS_EARLIER = tuple_(*PLACE) < tuple_(
    bindparam("at", type_=UTCDateTime()), bindparam("sequence", type_=BigInteger()), bindparam("after", type_=Integer())
)

NEXT_COUNTER = Statement(
    lambda insert: (
        insert(CounterRow)
        .values(department_id=bindparam("department_id"), service_day=bindparam("service_day"), value=1)
        .on_conflict_do_update(
            index_elements=["department_id", "service_day"], set_={"value": col(CounterRow.value) + 1}
        )
        .returning(col(CounterRow.value))
    )
)
COUNTER = Statement(
    select(col(CounterRow.value)).where(
        col(CounterRow.department_id) == bindparam("department_id"), col(CounterRow.service_day) == bindparam("day")
    )
)

TOKEN_BY_ID = _token(col(TokenRow.id) == bindparam("token_id"))
TOKEN_BY_KEY = _token(col(TokenRow.key) == bindparam("key"))
TOKEN_BY_NUMBER = _token(col(TokenRow.service_day) == bindparam("day"), col(TokenRow.number) == bindparam("number"))
ADD_TOKEN = _insert(TokenRow, _TOKEN)

ADD_ENTRY = _insert(QueueEntryRow, _ENTRY)
ENTRY_BY_ID = Statement(entries().where(col(QueueEntryRow.id) == bindparam("entry_id")))
NEWEST_ENTRY = Statement(
    entries()
    .where(col(QueueEntryRow.token_id) == bindparam("token_id"), col(TokenRow.is_deleted).is_(False))
    .order_by(col(QueueEntryRow.id).desc())
    .limit(1)
)
FIRST_ENTRY = Statement(
    entries()
    .where(
        col(QueueEntryRow.token_id) == bindparam("token_id"),
        col(QueueEntryRow.department_id) == bindparam("department_id"),
    )
    .order_by(col(QueueEntryRow.id))
    .limit(1)
)
NEWEST_ENTRY_ID = Statement(
    select(func.max(col(QueueEntryRow.id))).where(col(QueueEntryRow.token_id) == bindparam("token_id"))
)
SAVE_ENTRY = Statement(
    update(QueueEntryRow)
    .where(col(QueueEntryRow.id) == bindparam("entry_id"))
    .values({name: bindparam(name) for name in _SAVED} | {"version": col(QueueEntryRow.version) + 1})
    .returning(col(QueueEntryRow.version))
)
VERSION = Statement(select(col(QueueEntryRow.version)).where(col(QueueEntryRow.id) == bindparam("entry_id")))
IS_LIVE = Statement(
    select(col(QueueEntryRow.id)).where(
        col(QueueEntryRow.id) == bindparam("entry_id"),
        col(QueueEntryRow.service_day) == bindparam("day"),
        one_of(col(QueueEntryRow.state), LIVE),
    )
)
_STAMPS = _of_department(
    select(
        *(col(QueueEntryRow.id), col(QueueEntryRow.version), col(QueueEntryRow.token_id)),
        # As text on SQLite, whatever the driver gives on PostgreSQL: it is only compared.
        type_coerce(col(QueueEntryRow.joined_at), String).label("joined_at"),
    )
).where(one_of(col(QueueEntryRow.state), LIVE))
LIVE_STAMPS = Statement(_STAMPS)
LIVE_STAMP = Statement(_STAMPS.where(col(QueueEntryRow.id) == bindparam("entry_id")))
IN_ROOM_NOW = Statement(
    _of_department(entries()).where(
        one_of(col(QueueEntryRow.state), IN_ROOM), col(QueueEntryRow.room_id) == bindparam("room_id")
    )
)
FIRST_WAITING = Statement(
    _of_department(entries())
    .where(
        _IS_WAITING,
        or_(
            col(QueueEntryRow.for_doctor_id).is_(None),
            col(QueueEntryRow.for_doctor_id) == bindparam("doctor_id", type_=Integer()),
        ),
    )
    .order_by(case((_IS_EMERGENCY, 0), else_=1), *PLACE)
    .limit(1)
)
COUNT_AHEAD = Statement(_of_department(select(func.count())).where(_IS_WAITING, or_(_IS_EMERGENCY, _IS_EARLIER)))
COUNT_AHEAD_OF_EMERGENCY = Statement(
    _of_department(select(func.count())).where(_IS_WAITING, _IS_EMERGENCY, _IS_EARLIER)
)

ADD_CALL = _insert(CallRow, _CALL)
WITHDRAW_CALL = Statement(update(CallRow).where(col(CallRow.id) == bindparam("call_id")).values(is_withdrawn=True))
RECENT_CALLS = Statement(
    select(*_CALL)
    .where(col(CallRow.department_id) == bindparam("department_id"), col(CallRow.is_withdrawn).is_(False))
    .where(col(CallRow.at) >= bindparam("day_began"))
    .order_by(col(CallRow.id).desc())
    .limit(100)
)
DUTIES = Statement(
    select(*DutyRow.metadata.tables["duty"].columns, col(StaffRow.name))
    .join(StaffRow, col(StaffRow.id) == col(DutyRow.doctor_id))
    .order_by(col(DutyRow.id))
)
UNDO_STEPS = Statement(select(col(UndoRow.room_id), col(UndoRow.action), col(UndoRow.number), col(UndoRow.acted_at)))
