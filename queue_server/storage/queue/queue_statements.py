"""The statements of `queue_rows`, compiled once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Integer, String, bindparam, case, func, or_, select, tuple_, type_coerce, update
from sqlmodel import col

from queue_server.domain.queue.tokens import IN_ROOM, LIVE, Priority, State
from queue_server.storage.engine.statements import Statement, one_of
from queue_server.storage.tables import CallRow, CounterRow, DutyRow, QueueEntryRow, StaffRow, TokenRow, UndoRow
from queue_server.storage.tables.columns import UTCDateTime

#: So many rows are kept as they were converted: a press reads the same ones several times.
_KEPT = 128
_ENTRY = QueueEntryRow.metadata.tables["queue_entry"].columns
_TOKEN = TokenRow.metadata.tables["token"].columns
_CALL = CallRow.metadata.tables["call"].columns
_SAVED = (
    *("state", "priority", "priority_reason", "rank_at", "rank_sequence", "rank_after", "room_id", "doctor_id"),
    *("called_at", "started_at", "finished_at", "calls", "returns", "return_to", "for_doctor_id", "is_chosen"),
    *("is_here", "arrived_at", "passed_at"),
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
    return Statement(select(*_TOKEN).where(*conditions, col(TokenRow.is_deleted).is_(False)), keeps=_KEPT)


#: As `Rank.key`, for those of one kind (emergencies, or the others).
PLACE = (
    col(QueueEntryRow.rank_at),
    func.coalesce(col(QueueEntryRow.rank_sequence), col(QueueEntryRow.id)),
    col(QueueEntryRow.rank_after),
)
_IS_EMERGENCY = col(QueueEntryRow.priority) == Priority.EMERGENCY
_IS_WAITING = col(QueueEntryRow.state) == State.WAITING
_IS_HERE = col(QueueEntryRow.is_here).is_(True)
_AT = bindparam("at", type_=UTCDateTime())
_SEQUENCE, _AFTER = bindparam("sequence", type_=BigInteger()), bindparam("after", type_=Integer())
_IS_EARLIER = tuple_(*PLACE) < tuple_(_AT, _SEQUENCE, _AFTER)

#: So many entries are looked up together; `these` gives their ids.
TOGETHER = 16
_IS_ONE_OF = or_(*(col(QueueEntryRow.id) == bindparam(f"id_{n}", None, type_=Integer()) for n in range(TOGETHER)))


def these(ids: Sequence[int]) -> dict[str, int]:
    """The parameters of a statement by ids, of which there are `TOGETHER` at most."""
    return {f"id_{n}": one for n, one in enumerate(ids)}


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
ENTRIES_BY_ID = Statement(entries().where(_IS_ONE_OF), keeps=_KEPT)
NEWEST_ENTRY = Statement(
    entries()
    .where(col(QueueEntryRow.token_id) == bindparam("token_id"), col(TokenRow.is_deleted).is_(False))
    .order_by(col(QueueEntryRow.id).desc())
    .limit(1),
    keeps=_KEPT,
)
#: The same with the token's own columns, whose names begin with `token_`.
STANDING = Statement(
    select(
        *_ENTRY, col(TokenRow.number), *(column.label(f"token_{column.key}") for column in _TOKEN if column.key != "id")
    )
    .join(TokenRow, col(TokenRow.id) == col(QueueEntryRow.token_id))
    .where(col(QueueEntryRow.token_id) == bindparam("of_token"), col(TokenRow.is_deleted).is_(False))
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
_STAMPS = select(
    *(col(QueueEntryRow.id), col(QueueEntryRow.version), col(QueueEntryRow.token_id)),
    # As text on SQLite, whatever the driver gives on PostgreSQL: it is only compared.
    type_coerce(col(QueueEntryRow.joined_at), String).label("joined_at"),
).where(one_of(col(QueueEntryRow.state), LIVE))
LIVE_STAMPS = Statement(_of_department(_STAMPS))
LIVE_STAMPS_BY_ID = Statement(
    # A sum, so that SQLite looks for the few ids, and not through the whole line for them.
    _STAMPS.where(_IS_ONE_OF, col(QueueEntryRow.department_id) + 0 == bindparam("department_id")).where(
        col(QueueEntryRow.service_day) == bindparam("day")
    )
)
IN_ROOM_NOW = Statement(
    _of_department(entries()).where(
        one_of(col(QueueEntryRow.state), IN_ROOM), col(QueueEntryRow.room_id) == bindparam("room_id")
    )
)


def _waiting_with(priority: Priority, *columns: Any) -> Any:
    """SELECT of those who wait here with this priority, whom the index holds together and in order."""
    return _of_department(select(*columns)).where(_IS_WAITING, _IS_HERE, col(QueueEntryRow.priority) == priority)


def _first_with(priority: Priority) -> Any:
    """The id of the first of them whom the doctor may call."""
    bound_to = col(QueueEntryRow.for_doctor_id)
    is_allowed = or_(bound_to.is_(None), bound_to == bindparam("doctor_id", type_=Integer()))
    found = _waiting_with(priority, col(QueueEntryRow.id)).where(is_allowed)
    return found.order_by(*PLACE).limit(1).scalar_subquery()


def _earlier_with(priority: Priority) -> Any:
    """How many of them have an earlier place: the index alone counts those of earlier moments."""
    at = col(QueueEntryRow.rank_at)
    counted = _waiting_with(priority, func.count())
    ties = tuple_(*PLACE[1:]) < tuple_(_SEQUENCE, _AFTER)
    return counted.where(at < _AT).scalar_subquery() + counted.where(at == _AT, ties).scalar_subquery()


FIRST_WAITING = Statement(
    entries()
    .where(or_(*(col(QueueEntryRow.id) == _first_with(priority) for priority in Priority)))
    .order_by(case((_IS_EMERGENCY, 0), else_=1), *PLACE)
    .limit(1)
)
COUNT_AHEAD = Statement(
    select(
        _waiting_with(Priority.EMERGENCY, func.count()).scalar_subquery()
        + sum(_earlier_with(priority) for priority in Priority if priority is not Priority.EMERGENCY)
    )
)
COUNT_AHEAD_OF_EMERGENCY = Statement(select(_earlier_with(Priority.EMERGENCY)))
#: A statement that changes rows takes no parameters by the names of their columns.
_IN_IT = (
    col(QueueEntryRow.department_id) == bindparam("of_department"),
    col(QueueEntryRow.service_day) == bindparam("of_day"),
)
#: `passed_at` of `domain.queue.ordering.passes`, for a call that is no emergency; and that it was taken back.
PASS = Statement(
    update(QueueEntryRow)
    .where(*_IN_IT)
    .where(_IS_WAITING, ~_IS_HERE, col(QueueEntryRow.passed_at).is_(None), or_(_IS_EMERGENCY, _IS_EARLIER))
    .values(passed_at=bindparam("moment", type_=UTCDateTime()), version=col(QueueEntryRow.version) + 1)
    .returning(col(QueueEntryRow.id))
)
TAKE_PASS_BACK = Statement(
    update(QueueEntryRow)
    .where(*_IN_IT)
    .where(col(QueueEntryRow.passed_at) == bindparam("moment", type_=UTCDateTime()))
    .values(passed_at=None, version=col(QueueEntryRow.version) + 1)
    .returning(col(QueueEntryRow.id))
)

ADD_CALL = _insert(CallRow, _CALL)
WITHDRAW_CALL = Statement(update(CallRow).where(col(CallRow.id) == bindparam("call_id")).values(is_withdrawn=True))
RECENT_CALLS = Statement(
    select(*_CALL)
    .where(col(CallRow.department_id) == bindparam("department_id"), col(CallRow.is_withdrawn).is_(False))
    .where(col(CallRow.at) >= bindparam("day_began"))
    .order_by(col(CallRow.at).desc(), col(CallRow.id).desc())
    .limit(100),
    keeps=10 * _KEPT,
)
DUTIES = Statement(
    select(*DutyRow.metadata.tables["duty"].columns, col(StaffRow.name))
    .join(StaffRow, col(StaffRow.id) == col(DutyRow.doctor_id))
    .order_by(col(DutyRow.id)),
    keeps=_KEPT,
)
UNDO_STEPS = Statement(
    select(col(UndoRow.room_id), col(UndoRow.action), col(UndoRow.number), col(UndoRow.acted_at)), keeps=_KEPT
)
