"""Passwords, and the random keys that devices, programs and browsers prove themselves with."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import math
import os
import secrets
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import bcrypt

from queue_server.domain.errors import RateLimited

Result = TypeVar("Result")

_COST = 12

#: Letters and digits that are not mistaken for one another when read aloud.
CODE_CHARACTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_key() -> str:
    """256 random bits, for a device, a program or a browser's session."""
    return secrets.token_urlsafe(32)


def random_bytes() -> bytes:
    """256 random bits, where a format of its own makes a text of them."""
    return secrets.token_bytes(32)


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


async def hash_password(password: str, cost: int = _COST, *, is_owner: bool = False) -> str:
    """A bcrypt hash of the password. Raises `RateLimited` while too many wait."""
    made = await _LANES[is_owner].run(lambda: bcrypt.hashpw(_prepared(password), bcrypt.gensalt(cost)))
    return made.decode()


async def is_password(password: str, hashed: str | None, *, is_owner: bool = False) -> bool:
    """Whether the password belongs to the hash. Without a hash it takes as long, and is never right.

    `is_owner`: the browser is known as the account's own; no crowd of strangers is before it. Raises `RateLimited`
    while too many wait.
    """
    compare = partial(bcrypt.checkpw, _prepared(password), (hashed or _NOBODY).encode())
    return await _LANES[is_owner].run(compare) and hashed is not None


def check_lane(*, is_owner: bool) -> None:
    """Raises `RateLimited` when the next comparison would not even be begun, so that no try is counted for it."""
    _LANES[is_owner].check()


def _after_everybody_else() -> None:
    # On Linux a thread has a priority of its own; elsewhere this would slow down the whole process.
    if sys.platform == "linux":
        os.nice(5)


class _Lane:
    """Those who wait for bcrypt, which takes a quarter of a second of CPU on purpose; the event loop goes before."""

    def __init__(self, name: str, at_once: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, name, _after_everybody_else)
        self._at_once = at_once
        self._inside = 0

    def check(self) -> None:
        if self._inside >= MOST_INSIDE:
            raise RateLimited(math.ceil(self._inside * _LONGEST_S / self._at_once))

    async def run(self, work: Callable[[], Result]) -> Result:
        self.check()
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._inside -= 1


#: So many wait in a lane at most, the ones at work among them: the last has an answer within some seconds.
MOST_INSIDE = 24
#: Seconds that one takes on a small machine.
_LONGEST_S = 0.5

#: Whether the browser is known as the account's own → its lane.
_LANES = {False: _Lane("passwords", 2), True: _Lane("owners' passwords", 1)}


def _prepared(password: str) -> bytes:
    # bcrypt refuses more than 72 bytes; the pre-hash takes passwords of any length and script.
    return base64.b64encode(hashlib.sha256(password.encode()).digest())


#: The hash of a random password that nobody knows, at the same cost as real ones.
_NOBODY = "$2b$12$" + "abcdefghijklmnopqrstuu" + "abcdefghijklmnopqrstuvwxyzabcde"
