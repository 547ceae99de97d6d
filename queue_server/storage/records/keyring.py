"""The master keys under which the documents' keys are wrapped: from a file that only its owner reads, or given.

The file has a line a key, `ID BASE64`, and the first line's key is the one in use; the others only open what is older.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from queue_server.domain.errors import KeyMissing
from queue_server.settings import Settings
from queue_server.storage.records import encryption

_BYTES = 32
_HEAD = (
    "# Master keys of the documents. Without this file no document can be read: keep a copy apart from the backups.\n"
)


class BadKeys(ValueError):
    """The keys cannot be used; the message says where and why."""


class Keyring:
    """Master keys by id. A file that another process has changed meanwhile is read again."""

    def __init__(self, path: Path | None = None, given: str = "") -> None:
        """`given` (`ID:BASE64`, several with commas, the one in use first) goes before the file at `path`.

        Raises `BadKeys`.
        """
        self.path = None if given else path
        self._keys: dict[str, bytes] = parsed(given.replace(",", "\n").replace(":", " "), "the given keys")
        self._stamp: tuple[int, int] | None = None

    def prepare(self, needed: Collection[str] = ()) -> None:
        """There is a key: the file is made when there is none and no document needs one.

        `needed`: the ids of the keys under which documents are wrapped. Raises `BadKeys` when one of them is missing,
        saying which and where it was looked for, and `KeyMissing`.
        """
        if missing := self.missing(needed):
            raise BadKeys(
                f"Documents in the database need the key {', '.join(missing)}, and {self.place} does not hold it. "
                "Put that file back (a backup made with --with-keys has it), or name the right one."
            )
        if self.path is not None and not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                _write_new(self.path, {new_id(): encryption.new_key()})
        self.ids()

    @property
    def place(self) -> str:
        """Where the keys are looked for."""
        return "QUEUE_DOCUMENT_KEYS" if self.path is None else str(self.path.absolute())

    def missing(self, needed: Collection[str]) -> list[str]:
        """Those of the needed keys that are not here. Raises `BadKeys`."""
        self._refresh()
        return sorted(set(needed) - self._keys.keys())

    def ids(self) -> Sequence[str]:
        """The keys' ids, the one in use first. Raises `BadKeys`, `KeyMissing`."""
        self._refresh()
        if not self._keys:
            raise KeyMissing("any")
        return list(self._keys)

    def current(self) -> tuple[str, bytes]:
        """Id and key for what is stored from now on. Raises `BadKeys`, `KeyMissing`."""
        key_id = self.ids()[0]
        return key_id, self._keys[key_id]

    def key(self, key_id: str) -> bytes:
        """Raises `KeyMissing`."""
        if key_id not in self._keys:
            self._refresh()
        if key_id not in self._keys:
            raise KeyMissing(key_id)
        return self._keys[key_id]

    def wrap(self, key: bytes, content_id: str) -> tuple[str, bytes]:
        """(id of the master key in use, the content's key wrapped under it). Raises `KeyMissing`."""
        key_id, master = self.current()
        return key_id, encryption.wrap(key, master, content_id)

    def cipher(self, key_id: str, wrapped: bytes, content_id: str) -> encryption.Cipher:
        """What opens the content. Raises `KeyMissing`, `DoesNotOpen`."""
        return encryption.Cipher(encryption.unwrap(wrapped, self.key(key_id), content_id))

    def rotate(self) -> str:
        """A new key is in use, the older ones stay; returns its id. Raises `BadKeys` where there is no file."""
        if self.path is None:
            raise BadKeys("The keys are not in a file: put a new one in front of QUEUE_DOCUMENT_KEYS instead.")
        self.prepare()
        key_id = new_id()
        _replace(self.path, {key_id: encryption.new_key(), **self._keys})
        self._refresh()
        return key_id

    def forget(self, key_id: str) -> None:
        """The key is gone for good. Raises `BadKeys` for the one in use, or one that is not there."""
        if self.path is None or key_id not in self.ids()[1:]:
            raise BadKeys(f"The key {key_id!r} is not in the file, or it is the one in use.")
        _replace(self.path, {known: key for known, key in self._keys.items() if known != key_id})
        self._refresh()

    def copy_to(self, path: Path) -> None:
        """`path` holds all keys (mode 0600). Raises `BadKeys` where there is a file already, `KeyMissing`."""
        self.ids()
        try:
            _write_new(path, self._keys)
        except FileExistsError as error:
            raise BadKeys(f"{path} exists already.") from error

    def add_from(self, path: Path) -> None:
        """The keys of another file open documents here, too; the one in use stays. Raises `BadKeys`."""
        if self.path is None:
            raise BadKeys(f"The keys are not in a file: add those of {path} to QUEUE_DOCUMENT_KEYS.")
        self._refresh()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _replace(self.path, {**self._keys, **parsed(path.read_text(encoding="utf-8"), str(path)), **self._keys})
        self._refresh()

    def _refresh(self) -> None:
        if self.path is None:
            return
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._keys, self._stamp = {}, None
            return
        if (found.st_mtime_ns, found.st_ino) != self._stamp:
            if found.st_mode & 0o077:
                raise BadKeys(f"Others may read {self.path}; it needs the mode 0600.")
            self._keys = parsed(self.path.read_text(encoding="utf-8"), str(self.path))
            self._stamp = (found.st_mtime_ns, found.st_ino)


def keyring(settings: Settings) -> Keyring:
    """The keys that the settings name. Raises `BadKeys`."""
    return Keyring(settings.document_key_file or settings.data / "document.keys", settings.document_keys)


def new_id() -> str:
    """A short name for a key; it says nothing about the key."""
    return secrets.token_hex(4)


def parsed(text: str, place: str) -> dict[str, bytes]:
    """Id → key, in order. Raises `BadKeys` naming the line; it never repeats a key."""
    keys: dict[str, bytes] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        key_id, _, encoded = line.strip().partition(" ")
        try:
            key = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _BYTES or not key_id.isalnum() or len(key_id) > 32:
            raise BadKeys(f"Line {number} of {place} is not an id and a key of {_BYTES} bytes in base64.")
        keys[key_id] = key
    return keys


def _text(keys: Mapping[str, bytes]) -> str:
    return _HEAD + "".join(f"{key_id} {base64.b64encode(key).decode()}\n" for key_id, key in keys.items())


def _write_new(path: Path, keys: Mapping[str, bytes]) -> None:
    """The file is there, whole or not at all. Raises `FileExistsError` when somebody else was quicker."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(new, keys)
        os.link(new, path)
    finally:
        new.unlink(missing_ok=True)


def _replace(path: Path, keys: Mapping[str, bytes]) -> None:
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(new, keys)
    new.replace(path)


def _write(path: Path, keys: Mapping[str, bytes]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(_text(keys))
        file.flush()
        os.fsync(file.fileno())
