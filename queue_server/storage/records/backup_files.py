"""A backup in its files: written with its manifest, encrypted for a recovery key if there is one, and opened again.

Encrypted parts are in the age format (https://age-encryption.org/v1), which other programs open as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL

from queue_server.progress import growing
from queue_server.storage.engine.backup import CannotBackUp, back_up, synced
from queue_server.storage.engine.backup_manifest import PARTS, beside, write_manifest
from queue_server.storage.records.keyring import Keyring

_HEAD = b"age-encryption.org/v1\n"


def new_recovery_key() -> tuple[str, str]:
    """(the key that opens backups, the recipient that encrypts them)."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def write_backup(
    url: URL, file: Path, made_at: datetime, keys: Keyring, recipient: str = "", *, with_keys: bool = False
) -> None:
    """`file` is a whole backup with its manifest, or not there. Raises `CannotBackUp`, `BadKeys`, `KeyMissing`.

    With a recipient it is encrypted, and has the documents' keys with it.
    """
    if not recipient:
        back_up(url, file)
        if with_keys:
            keys.copy_to(beside(file, ".keys"))
    elif file.exists():
        raise CannotBackUp(f"{file} exists already; a backup never overwrites another one.")
    elif not file.parent.is_dir():
        raise CannotBackUp(f"There is no folder {file.parent}.")
    else:
        with TemporaryDirectory(prefix=".queue-", suffix=".new", dir=file.parent) as folder:
            plain = Path(folder) / file.name
            back_up(url, plain)
            keys.copy_to(beside(plain, ".keys"))
            for end in PARTS:
                _encrypt(beside(plain, end), beside(file, end), recipient)
    write_manifest(file, made_at)


def is_encrypted(file: Path) -> bool:
    """Whether a recovery key is needed."""
    with file.open("rb") as opened:
        return opened.read(len(_HEAD)) == _HEAD


@contextmanager
def readable(file: Path, recovery_key: str) -> Iterator[Path]:
    """Inside, there is the backup as `restore` reads it: itself, or opened with the key in a folder that nobody else
    can read. Raises `CannotBackUp` when the key is missing, or another one."""
    if not is_encrypted(file):
        yield file
        return
    with TemporaryDirectory(prefix="backup-") as folder:
        plain = Path(folder) / file.name
        for end in PARTS:
            if beside(file, end).exists():
                _decrypt(beside(file, end), beside(plain, end), recovery_key)
        yield plain


def _encrypt(plain: Path, file: Path, recipient: str) -> None:
    import pyrage

    file.touch(mode=0o600)
    try:
        with growing(file, plain.stat().st_size):
            pyrage.encrypt_file(str(plain), str(file), [pyrage.x25519.Recipient.from_str(recipient)])
        synced(file)
    except (pyrage.EncryptError, pyrage.RecipientError, OSError) as error:
        file.unlink(missing_ok=True)
        raise CannotBackUp(f"{file} could not be encrypted: {error}.") from error


def _decrypt(file: Path, plain: Path, recovery_key: str) -> None:
    import pyrage

    if not recovery_key:
        raise CannotBackUp(f"{file} is encrypted: it needs the recovery key (--recovery-key).")
    plain.touch(mode=0o600)
    try:
        with growing(plain, file.stat().st_size):
            pyrage.decrypt_file(str(file), str(plain), [pyrage.x25519.Identity.from_str(recovery_key.strip())])
    except pyrage.IdentityError as error:
        raise CannotBackUp("This is no recovery key: one begins with AGE-SECRET-KEY-1.") from error
    except (pyrage.DecryptError, OSError) as error:
        raise CannotBackUp(f"{file} does not open with this recovery key: {error}.") from error
