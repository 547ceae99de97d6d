"""The master keys: in a file that only its owner reads, or given."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from queue_server.domain.errors import KeyMissing
from queue_server.storage.records.keyring import BadKeys, Keyring, new_id, parsed


def a_key(number: int) -> str:
    """A key of 32 bytes in base64."""
    return base64.b64encode(bytes([number]) * 32).decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with two keys, of which `new` is in use."""
    path = tmp_path / "document.keys"
    path.write_text(f"# keys\n\nnew {a_key(1)}\nold {a_key(2)}\n")
    path.chmod(0o600)
    return path


def test_the_first_key_of_a_file_is_the_one_in_use_and_the_others_open_what_is_older(file: Path) -> None:
    ring = Keyring(file)

    assert ring.ids() == ["new", "old"]
    assert ring.current() == ("new", bytes([1]) * 32)
    assert ring.key("old") == bytes([2]) * 32
    with pytest.raises(KeyMissing):
        ring.key("unknown")


def test_given_keys_go_before_a_file(file: Path) -> None:
    ring = Keyring(file, f"given:{a_key(3)},spare:{a_key(4)}")

    assert (ring.ids(), ring.path) == (["given", "spare"], None)


def test_without_a_file_there_is_no_key_until_one_is_prepared(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys" / "document.keys")
    with pytest.raises(KeyMissing):
        ring.current()

    ring.prepare()

    first = ring.ids()
    ring.prepare()
    assert (len(first), ring.ids()) == (1, first)
    assert (tmp_path / "keys" / "document.keys").stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_may_read_is_refused(file: Path) -> None:
    file.chmod(0o640)

    with pytest.raises(BadKeys, match="0600"):
        Keyring(file).ids()


def test_a_key_that_another_process_has_put_in_front_is_used_at_once(file: Path) -> None:
    ring, other = Keyring(file), Keyring(file)
    assert ring.current()[0] == "new"

    newest = other.rotate()

    assert (ring.current()[0], ring.ids()) == (newest, [newest, "new", "old"])


def test_a_file_that_has_gone_takes_its_keys_along(file: Path) -> None:
    ring = Keyring(file)
    ring.ids()
    file.unlink()

    with pytest.raises(KeyMissing):
        ring.current()


def test_only_a_key_that_is_not_in_use_is_forgotten(file: Path) -> None:
    ring = Keyring(file)
    for key_id in ("new", "unknown"):
        with pytest.raises(BadKeys):
            ring.forget(key_id)

    ring.forget("old")

    assert Keyring(file).ids() == ["new"]


def test_given_keys_are_neither_rotated_nor_forgotten_nor_added_to(file: Path) -> None:
    ring = Keyring(None, f"given:{a_key(3)},spare:{a_key(4)}")

    for change in (ring.rotate, lambda: ring.forget("spare"), lambda: ring.add_from(file)):
        with pytest.raises(BadKeys):
            change()


def test_a_copy_holds_all_keys_and_overwrites_nothing(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.keys"

    Keyring(file).copy_to(copy)

    assert Keyring(copy).ids() == ["new", "old"]
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadKeys, match="exists already"):
        Keyring(file).copy_to(copy)
    assert {path.name for path in tmp_path.iterdir()} == {"document.keys", "copy.keys"}


def test_keys_of_another_file_are_added_behind_the_own_and_change_none_of_them(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.keys"
    other.write_text(f"theirs {a_key(5)}\nnew {a_key(6)}\n")
    ring = Keyring(file)

    ring.add_from(other)

    assert ring.ids() == ["new", "old", "theirs"]
    assert ring.current() == ("new", bytes([1]) * 32)


def test_where_there_is_no_file_yet_the_keys_of_another_become_the_own(file: Path, tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "new-place" / "document.keys")

    ring.add_from(file)

    assert ring.ids() == ["new", "old"]


def test_a_wrapped_key_opens_with_the_key_in_use_or_an_older_one(file: Path) -> None:
    ring = Keyring(file)
    key_id, wrapped = ring.wrap(os.urandom(32), "a content")
    sealed = ring.cipher(key_id, wrapped, "a content").seal(0, b"plain", is_last=True)

    ring.rotate()

    assert ring.cipher(key_id, wrapped, "a content").open(0, sealed, is_last=True) == b"plain"


def test_the_id_of_a_new_key_can_stand_in_a_file() -> None:
    key_id = new_id()

    assert list(parsed(f"{key_id} {a_key(1)}", "keys")) == [key_id]


@pytest.mark.parametrize("text", ["abc", "abc AAAA", "a-b " + "A" * 43 + "=", "x " + "!" * 44])
def test_a_key_file_that_is_wrong_is_refused_by_line_and_repeats_no_key(text: str) -> None:
    with pytest.raises(BadKeys, match=r"Line 2 of keys") as refused:
        parsed(f"# a comment\n{text}", "keys")

    assert "AAAA" not in str(refused.value)
