"""The second factor of a login: codes that change with time (RFC 6238), and recovery codes for a lost phone."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from queue_server.domain.people.patients import plain_digits

#: What every app assumes (RFC 6238, 5.2 and RFC 4226, 5.3): SHA-1, half a minute, six digits.
STEP_S = 30
DIGITS = 6
#: Bytes of a secret, as many as the hash has (RFC 4226, 4).
SECRET_BYTES = 20
#: A code counts one step before and after its own, for slow fingers and clocks (RFC 6238, 5.2).
STEPS_AROUND = 1
#: How far the clocks of phone and server may stand apart when an app is added: the five minutes within which the
#: server's own clock is believed.
STEPS_APART = 10

RECOVERY_CODES = 8
#: Characters of a recovery code: 79 bits with the alphabet of codes, too many to try, so that a plain hash is enough.
RECOVERY_LENGTH = 16

#: How long the password alone waits for its code.
CODE_WITHIN = timedelta(minutes=10)
#: How long a browser is remembered in which no code is asked for.
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Factor:
    """An account's second factor. `drift`: by how many steps the phone's clock was ahead when a code last fitted."""

    secret: bytes
    drift: int = 0


def code_of(secret: bytes, step: int) -> str:
    """The code of this step since 1970 (RFC 4226, 5.3: dynamic truncation)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(now: datetime) -> int:
    """The step in which this moment lies."""
    return int(now.timestamp()) // STEP_S


def fitting(factor: Factor, typed: str, now: datetime) -> tuple[int, ...]:
    """The steps whose code was typed, in any script's digits: around the clock, and around the phone's known drift.

    A clock that was put right after an app was added is one that no longer drifts, so both are tried.
    """
    here = step_at(now)
    near = {here + apart + step for apart in (0, factor.drift) for step in range(-STEPS_AROUND, STEPS_AROUND + 1)}
    return _same(factor.secret, typed, sorted(near))


def first_fitting(secret: bytes, typed: str, now: datetime) -> int | None:
    """The step nearest to this moment whose code was typed, when an app is added."""
    here = step_at(now)
    found = _same(secret, typed, range(here - STEPS_APART, here + STEPS_APART + 1))
    return min(found, key=lambda step: abs(step - here), default=None)


def address_for_app(secret: bytes, login: str, clinic: str) -> str:
    """What the app reads from the QR code. (Key URI format of Google Authenticator, which all apps read.)"""
    label = f"{quote(clinic, safe='')}:{quote(login, safe='')}"
    return f"otpauth://totp/{label}?{urlencode({'secret': letters_of(secret), 'issuer': clinic}, quote_via=quote)}"


def letters_of(secret: bytes) -> str:
    """The secret as people type it into an app that sees no QR code."""
    return base64.b32encode(secret).decode().rstrip("=")


def is_recovery_code(typed: str) -> bool:
    """Whether something that long can only be a recovery code."""
    return sum(character.isalnum() for character in typed[:100]) == RECOVERY_LENGTH


def _same(secret: bytes, typed: str, steps: range | list[int]) -> tuple[int, ...]:
    digits = plain_digits(typed[: 4 * DIGITS]) or ""
    # Every code is compared, so that the time tells nothing.
    return tuple(step for step in steps if hmac.compare_digest(code_of(secret, step), digits))
