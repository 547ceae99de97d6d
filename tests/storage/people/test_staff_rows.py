"""Staff accounts, their logins, and the browsers in which they have logged in."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.people.staff import Role, Staff
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import staff_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import FIRST, SECOND, later

LONG_AGO = MORNING - timedelta(days=365)


async def an_account(work: Transaction, login: str = "boss", role: Role = Role.ADMIN, **more: object) -> int:
    """A member of staff."""
    values = {"name": login.title(), "role": role, "must_change": False, "qualification": "", "registration": ""}
    made = await rows.add_staff(work, login, f"hash of {login}", **{**values, **more})
    assert made is not None
    return made


async def test_a_login_is_given_once_and_opens_while_the_account_is_active(work: Transaction) -> None:
    boss = await an_account(work)
    assert await rows.add_staff(work, "boss", "a hash", name="B", role=Role.DESK, must_change=False) is None
    assert await rows.by_login(work.connection, "boss") == (Staff(boss, "boss", "Boss", Role.ADMIN), "hash of boss")

    await rows.change_staff(work, boss, is_active=False)

    assert await rows.by_login(work.connection, "boss") is None
    assert await rows.by_id(work.connection, boss) == Staff(boss, "boss", "Boss", Role.ADMIN, is_active=False)


async def test_whether_there_is_an_unlock_pin_is_told_and_only_its_hash_kept(work: Transaction) -> None:
    boss = await an_account(work)
    before = await rows.by_id(work.connection, boss)

    await rows.change_staff(work, boss, unlock_hash="hash of a PIN")

    after = await rows.by_id(work.connection, boss)
    assert before
    assert after
    assert (before.has_unlock_pin, after.has_unlock_pin) == (False, True)
    assert await rows.hashes(work.connection, boss) == ("hash of boss", "hash of a PIN")


async def test_everybody_comes_active_first_by_role_and_name(work: Transaction) -> None:
    await an_account(work, "zoe", Role.DESK)
    await an_account(work, "amar", Role.DESK)
    await an_account(work, "boss")
    await rows.change_staff(work, FIRST, is_active=False)

    logins = [one.login for one in await rows.everybody(work.connection)]

    assert logins == ["boss", "amar", "zoe", "second", "first"]


async def test_administrators_who_may_log_in_are_counted(work: Transaction) -> None:
    boss, other = await an_account(work), await an_account(work, "other")
    await rows.change_staff(work, other, is_active=False)

    assert await rows.active_admins(work) == {boss}


async def test_a_login_is_open_while_it_is_used_not_too_old_and_its_account_active(work: Transaction) -> None:
    await rows.add_session(work, "a hash", FIRST, "Firefox · Linux")
    used = later(work, hours=1)
    await rows.change_session(work, "a hash", seen_at=used, is_locked=True)
    second = timedelta(seconds=1)

    found = await rows.session(work.connection, "a hash", used, MORNING)

    assert found
    assert (found[0].login, found[1].browser, found[1].is_locked) == ("first", "Firefox · Linux", True)
    assert await rows.session(work.connection, "a hash", used + second, MORNING) is None
    assert await rows.session(work.connection, "a hash", used, MORNING + second) is None
    await rows.change_staff(work, FIRST, is_active=False)
    assert await rows.session(work.connection, "a hash", used, MORNING) is None


async def test_logins_are_listed_last_used_first_and_looked_up_together(work: Transaction) -> None:
    for secret, whose in (("one", FIRST), ("two", FIRST), ("other", SECOND)):
        await rows.add_session(work, secret, whose, "")
        used = later(work, minutes=1)

    of_first = await rows.sessions_of(work.connection, FIRST, LONG_AGO, LONG_AGO)
    among = await rows.open_sessions(work.connection, ["one", "other", "unknown"], LONG_AGO, LONG_AGO)

    assert [one.secret_hash for one in of_first] == ["two", "one"]
    assert {one.secret_hash for one in among} == {"one", "other"}
    assert await rows.last_seen(work.connection) == {
        FIRST: used - timedelta(minutes=2),
        SECOND: used - timedelta(minutes=1),
    }


async def test_a_login_ends_alone_or_all_but_one(work: Transaction) -> None:
    for secret, whose in (("one", FIRST), ("two", FIRST), ("three", FIRST), ("other", SECOND)):
        await rows.add_session(work, secret, whose, "")

    assert [await rows.end_session(work, "one") for _ in range(2)] == [FIRST, None]
    assert await rows.end_sessions(work, FIRST, but="two") == 1
    assert await rows.end_sessions(work, FIRST) == 1
    assert await rows.session(work.connection, "other", LONG_AGO, LONG_AGO)


async def test_a_browser_is_known_for_its_owners_login_only(work: Transaction) -> None:
    await rows.know_browser(work, "a browser's hash", FIRST)

    known = [await rows.is_known_browser(work.connection, "a browser's hash", login) for login in ("first", "second")]
    await rows.delete_browsers(work, FIRST)

    assert known == [True, False]
    assert not await rows.is_known_browser(work.connection, "a browser's hash", "first")
