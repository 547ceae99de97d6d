"""Another master key in use, and which are needed, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from queue_server.services.records.master_keys import MasterKeys
from queue_server.storage.records.keyring import BadKeys, Keyring
from tests.clinics import Clinic
from tests.services.records.test_documents import SECRET, add, patient, read, visit
from tests.services.records.test_drafts import PRESCRIPTION, TYPED


@pytest.fixture
def keys(clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """Keys in a file, under which the clinic stores its documents."""
    made = Keyring(tmp_path / "document.keys")
    made.prepare()
    monkeypatch.setattr(clinic.services.records.documents, "keys", made)
    return made


@pytest.fixture
def keeping(clinic: Clinic, keys: Keyring) -> MasterKeys:
    """Whoever changes these keys."""
    return MasterKeys(clinic.services.store, keys)


async def test_documents_open_under_the_new_key_and_no_longer_need_the_old(
    clinic: Clinic, keys: Keyring, keeping: MasterKeys
) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)
    (old,) = keys.ids()

    new, count = await keeping.rotate()
    await keeping.forget(old)

    assert (count, await keeping.in_use(), list(keys.ids())) == (1, {new: 1}, [new])
    assert await read(clinic, document, patient(login)) == SECRET


async def test_a_key_that_documents_need_is_not_destroyed(clinic: Clinic, keys: Keyring, keeping: MasterKeys) -> None:
    _, token = await visit(clinic)
    await add(clinic, token)
    (old,) = keys.ids()
    keys.rotate()

    with pytest.raises(BadKeys):
        await keeping.forget(old)

    assert old in keys.ids()


async def test_a_document_whose_key_is_lost_stays_as_it_is(clinic: Clinic, keys: Keyring, tmp_path: Path) -> None:
    _, token = await visit(clinic)
    await add(clinic, token)
    (lost,) = keys.ids()
    other = Keyring(tmp_path / "other.keys")
    other.prepare()
    keeping = MasterKeys(clinic.services.store, other)

    _, count = await keeping.rotate()

    assert (count, await keeping.in_use()) == (0, {lost: 1})


async def test_given_keys_are_changed_where_they_are_given(clinic: Clinic) -> None:
    given = clinic.services.records.documents.keys
    _, token = await visit(clinic)
    await add(clinic, token)

    assert await MasterKeys(clinic.services.store, given).rotate() == (given.current()[0], 0)


async def test_what_doctors_wrote_is_counted_as_it_opens(clinic: Clinic, tmp_path: Path) -> None:
    _, token = await visit(clinic)
    drafts = clinic.services.records.drafts
    await drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=clinic.doctors[0])
    other = Keyring(tmp_path / "other.keys")
    other.prepare()

    assert await clinic.services.records.master_keys.written() == (1, 0)
    assert await MasterKeys(clinic.services.store, other).written() == (0, 1)


async def test_servers_on_one_postgresql_hold_the_same_key_or_do_not_start(clinic: Clinic, tmp_path: Path) -> None:
    store = clinic.services.store
    one, other = (Keyring(tmp_path / name) for name in ("one.keys", "other.keys"))
    await MasterKeys(store, one).prepare()

    if store.is_postgres:
        with pytest.raises(BadKeys, match="copy them from another server"):
            await MasterKeys(store, other).prepare()
        assert not (tmp_path / "other.keys").exists()
        one.copy_to(tmp_path / "other.keys")
    await MasterKeys(store, other).prepare()


async def test_a_key_of_the_same_name_is_not_the_same_key(clinic: Clinic) -> None:
    store = clinic.services.store
    await MasterKeys(store, Keyring(given=f"main:{'A' * 43}=")).prepare()

    if store.is_postgres:
        with pytest.raises(BadKeys):
            await MasterKeys(store, Keyring(given=f"main:{'B' * 42}A=")).prepare()


async def test_where_the_clinics_key_is_lost_another_one_takes_its_place(clinic: Clinic, tmp_path: Path) -> None:
    store = clinic.services.store
    await MasterKeys(store, Keyring(tmp_path / "lost.keys")).prepare()
    keeping = MasterKeys(store, Keyring(tmp_path / "new.keys"))

    await keeping.rotate()

    await keeping.prepare()
