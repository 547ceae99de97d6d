"""Staff accounts, their logins, and the browsers in which they have logged in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.access.roles import OwnRole
from queue_server.domain.people.staff import Role, Staff, StaffSession
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people.role_rows import role_of
from queue_server.storage.tables import SessionRow, StaffBrowserRow, StaffFactorRow, StaffRoleRow, StaffRow


async def add_staff(work: Transaction, login: str, password_hash: str, **values: object) -> int | None:
    """A new active account with these values of its row; returns its id, or none when the login is in use."""
    statement = (
        work.insert(StaffRow)
        .values(login=login, password_hash=password_hash, **({"is_active": True} | values))
        .on_conflict_do_nothing(index_elements=["login"])
        .returning(col(StaffRow.id))
    )
    return (await work.connection.execute(statement)).scalar_one_or_none()


async def change_staff(work: Transaction, staff_id: int, **values: object) -> None:
    """The account's row has these values."""
    await work.connection.execute(update(StaffRow).where(col(StaffRow.id) == staff_id).values(**values))


async def by_login(connection: AsyncConnection, login: str) -> tuple[Staff, str] | None:
    """The active account with this login and its password's hash."""
    row = (await connection.execute(_query().where(col(StaffRow.login) == login, col(StaffRow.is_active)))).first()
    return (_staff(row), row.password_hash) if row else None


async def by_id(connection: AsyncConnection, staff_id: int) -> Staff | None:
    """The account with this id, active or not."""
    row = (await connection.execute(_query().where(col(StaffRow.id) == staff_id))).first()
    return _staff(row) if row else None


async def hashes(connection: AsyncConnection, staff_id: int) -> tuple[str, str | None]:
    """The hashes of the account's password and of its unlock PIN, if it has one."""
    query = select(col(StaffRow.password_hash), col(StaffRow.unlock_hash)).where(col(StaffRow.id) == staff_id)
    row = (await connection.execute(query)).one()
    return row.password_hash, row.unlock_hash


async def everybody(connection: AsyncConnection) -> list[Staff]:
    """All accounts, the active ones first, in the order of their roles and names."""
    order = (col(StaffRow.is_active).desc(), col(StaffRow.role), col(StaffRow.name), col(StaffRow.id))
    return [_staff(row) for row in await connection.execute(_query().order_by(*order))]


async def active_admins(work: Transaction) -> set[int]:
    """The ids of the administrators who may log in; nobody changes them until the commit."""
    query = select(col(StaffRow.id)).where(col(StaffRow.role) == Role.ADMIN, col(StaffRow.is_active))
    return {row.id for row in await work.connection.execute(query.with_for_update())}


async def session(
    connection: AsyncConnection, secret_hash: str, seen_since: datetime, created_since: datetime
) -> tuple[Staff, StaffSession, OwnRole | None] | None:
    """The login, whose it is and with what role of the clinic's own.

    None unless it was used since `seen_since`, begun since `created_since`, and the account is active.
    """
    query = _query_sessions(*_STAFF, _HAS_UNLOCK_PIN, _HAS_FACTOR, *_ROLE).where(
        col(SessionRow.secret_hash) == secret_hash
    )
    query = query.outerjoin(StaffRoleRow, col(StaffRoleRow.id) == col(StaffRow.role_id))
    row = (await connection.execute(query.where(*_open(seen_since, created_since)))).first()
    return (_staff(row), _session(row), _role(row)) if row else None


async def sessions_of(
    connection: AsyncConnection, staff_id: int, seen_since: datetime, created_since: datetime
) -> list[StaffSession]:
    """The logins of the account that are open, the one used last first."""
    query = _query_sessions().where(col(SessionRow.staff_id) == staff_id, *_open(seen_since, created_since))
    rows = await connection.execute(query.order_by(col(SessionRow.seen_at).desc(), col(SessionRow.secret_hash)))
    return [_session(row) for row in rows]


async def open_sessions(
    connection: AsyncConnection, among: Iterable[str], seen_since: datetime, created_since: datetime
) -> list[StaffSession]:
    """Those of these logins (by the hashes of their secrets) that are still open."""
    query = _query_sessions().where(col(SessionRow.secret_hash).in_(list(among)), *_open(seen_since, created_since))
    return [_session(row) for row in await connection.execute(query)]


async def last_seen(connection: AsyncConnection) -> dict[int, datetime]:
    """When each account's newest login was last used, for accounts that have one."""
    query = select(col(SessionRow.staff_id), func.max(col(SessionRow.seen_at)).label("at"))
    return {row.staff_id: row.at for row in await connection.execute(query.group_by(col(SessionRow.staff_id)))}


async def add_session(work: Transaction, secret_hash: str, staff_id: int, browser: str, **more: bool) -> None:
    """A login that the secret proves. `more`: needs_code, by_provider, is_strong, where they are so."""
    values = {"secret_hash": secret_hash, "staff_id": staff_id, "browser": browser, "is_locked": False, **more}
    await work.connection.execute(work.insert(SessionRow).values(**values, created_at=work.now, seen_at=work.now))


async def change_session(work: Transaction, secret_hash: str, **values: object) -> None:
    """The login has these values: seen_at, is_locked, needs_code, is_strong."""
    statement = update(SessionRow).where(col(SessionRow.secret_hash) == secret_hash)
    await work.connection.execute(statement.values(**values))


async def is_by_provider(connection: AsyncConnection, secret_hash: str) -> bool:
    """Whether a login provider has let the session in."""
    query = select(col(SessionRow.by_provider)).where(col(SessionRow.secret_hash) == secret_hash)
    return bool((await connection.execute(query)).scalar_one_or_none())


async def end_session(work: Transaction, secret_hash: str) -> int | None:
    """The secret opens nothing any more; returns whose it was."""
    statement = delete(SessionRow).where(col(SessionRow.secret_hash) == secret_hash)
    return (await work.connection.execute(statement.returning(col(SessionRow.staff_id)))).scalar_one_or_none()


async def end_sessions(work: Transaction, staff_id: int, *, but: str = "") -> int:
    """No login of the account is left, except the one named by `but`; returns how many ended."""
    other = (col(SessionRow.staff_id) == staff_id, col(SessionRow.secret_hash) != but)
    ended = await work.connection.execute(delete(SessionRow).where(*other).returning(col(SessionRow.secret_hash)))
    return len(ended.all())


async def is_known_browser(connection: AsyncConnection, secret_hash: str, login: str) -> bool:
    """Whether the owner of this login has logged in with the browser before."""
    query = (
        select(col(StaffBrowserRow.staff_id))
        .join(StaffRow, col(StaffRow.id) == col(StaffBrowserRow.staff_id))
        .where(col(StaffBrowserRow.secret_hash) == secret_hash, col(StaffRow.login) == login)
    )
    return (await connection.execute(query)).first() is not None


async def is_remembered(connection: AsyncConnection, secret_hash: str, staff_id: int, now: datetime) -> bool:
    """Whether the password is enough in this browser of the account."""
    row = StaffBrowserRow
    own = (col(row.secret_hash) == secret_hash, col(row.staff_id) == staff_id, col(row.remembered_until) > now)
    return (await connection.execute(select(col(row.staff_id)).where(*own))).first() is not None


async def remember_browser(work: Transaction, secret_hash: str, until: datetime) -> None:
    """In this known browser the password is enough until then."""
    statement = update(StaffBrowserRow).where(col(StaffBrowserRow.secret_hash) == secret_hash)
    await work.connection.execute(statement.values(remembered_until=until))


async def know_browser(work: Transaction, secret_hash: str, staff_id: int) -> None:
    """The browser belongs to this account's owner."""
    values = {"secret_hash": secret_hash, "staff_id": staff_id, "at": work.now}
    await work.connection.execute(work.insert(StaffBrowserRow).values(**values))


async def delete_browsers(work: Transaction, staff_id: int) -> None:
    """Delete the known browsers of this account."""
    await work.connection.execute(delete(StaffBrowserRow).where(col(StaffBrowserRow.staff_id) == staff_id))


_STAFF = StaffRow.metadata.tables["staff"].columns
_ROLE: Any = (
    col(StaffRoleRow.name).label("role_name"),
    col(StaffRoleRow.base).label("base"),
    col(StaffRoleRow.rights).label("rights"),
    col(StaffRoleRow.departments).label("departments"),
)
_HAS_UNLOCK_PIN = col(StaffRow.unlock_hash).is_not(None).label("has_unlock_pin")
_HAS_FACTOR = (
    select(col(StaffFactorRow.staff_id))
    .where(col(StaffFactorRow.staff_id) == col(StaffRow.id), col(StaffFactorRow.confirmed_at).is_not(None))
    .correlate(StaffRow)
    .exists()
    .label("has_factor")
)
_SESSION = (
    col(SessionRow.secret_hash),
    col(SessionRow.staff_id),
    col(SessionRow.created_at),
    col(SessionRow.seen_at),
    col(SessionRow.browser),
    col(SessionRow.is_locked),
    col(SessionRow.needs_code),
    col(SessionRow.by_provider),
    col(SessionRow.is_strong),
)


def _query() -> Any:
    return select(*_STAFF, _HAS_UNLOCK_PIN, _HAS_FACTOR)


def _query_sessions(*more: Any) -> Any:
    joined = select(*_SESSION, *more).join(StaffRow, col(SessionRow.staff_id) == col(StaffRow.id))
    return joined.where(col(StaffRow.is_active))


def _open(seen_since: datetime, created_since: datetime) -> tuple[Any, Any]:
    return col(SessionRow.seen_at) >= seen_since, col(SessionRow.created_at) >= created_since


def _staff(row: Any) -> Staff:
    return Staff(
        row.id,
        row.login,
        row.name,
        row.role,
        row.is_active,
        row.must_change,
        row.qualification,
        row.registration,
        bool(row.has_unlock_pin),
        row.role_id,
        bool(row.has_factor),
    )


def _role(row: Any) -> OwnRole | None:
    return role_of(row, row.role_name) if row.role_name is not None else None


def _session(row: Any) -> StaffSession:
    return StaffSession(
        row.secret_hash,
        row.staff_id,
        row.created_at,
        row.seen_at,
        row.browser,
        row.is_locked,
        row.needs_code,
        row.by_provider,
        row.is_strong,
    )
