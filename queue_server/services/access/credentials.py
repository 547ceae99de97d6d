"""Passwords, and the random keys that devices, programs and browsers prove themselves with."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import secrets
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

Result = TypeVar("Result")

_COST = 12

#: Letters and digits that are not mistaken for one another when read aloud.
CODE_CHARACTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_key() -> str:
    """256 random bits, for a device, a program or a browser's session."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Eight characters that a person can type, for enrolling a device within minutes."""
    return "".join(secrets.choice(CODE_CHARACTERS) for _ in range(8))


def as_code(typed: str) -> str:
    """The code that was meant: people type small letters, spaces and dashes as they like."""
    return "".join(character for character in typed.upper() if character.isalnum())


def new_password() -> str:
    """A first password that can be read aloud and typed: `k7qm-xw4h-29ce`; it is to be changed at once."""
    return "-".join("".join(secrets.choice(CODE_CHARACTERS) for _ in range(4)) for _ in range(3)).lower()


def new_digits(count: int) -> str:
    """So many random digits."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


def fingerprint(key: str) -> str:
    """What is stored of a key. A plain hash is enough, since a key is too random to be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


async def hash_password(password: str, cost: int = _COST) -> str:
    """A bcrypt hash of the password."""
    made = await _off_the_loop(lambda: bcrypt.hashpw(_prepared(password), bcrypt.gensalt(cost)))
    return made.decode()


async def is_password(password: str, hashed: str | None) -> bool:
    """Whether the password belongs to the hash. Without a hash it takes as long, and is never right."""
    right = await _off_the_loop(lambda: bcrypt.checkpw(_prepared(password), (hashed or _NOBODY).encode()))
    return right and hashed is not None


async def _off_the_loop(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, work)


def _after_everybody_else() -> None:
    # On Linux a thread has a priority of its own; elsewhere this would slow down the whole process.
    if sys.platform == "linux":
        os.nice(5)


#: bcrypt takes a quarter of a second of CPU on purpose: at most two at once, and the event loop goes before them.
_WORKERS = ThreadPoolExecutor(2, "passwords", _after_everybody_else)


def _prepared(password: str) -> bytes:
    # bcrypt refuses more than 72 bytes; the pre-hash takes passwords of any length and script.
    return base64.b64encode(hashlib.sha256(password.encode()).digest())


#: The hash of a random password that nobody knows, at the same cost as real ones.
_NOBODY = "$2b$12$" + "abcdefghijklmnopqrstuu" + "abcdefghijklmnopqrstuvwxyzabcde"
