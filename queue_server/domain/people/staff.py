"""Who works here, and logins: which passwords and PINs may be chosen, when a screen locks, what a browser is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from queue_server.domain.errors import BadInput, WeakPassword
from queue_server.domain.people.patients import is_easy, plain_digits

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
#: A password needs at least so many different characters.
FEWEST_CHARACTERS = 4

SHORTEST_UNLOCK_PIN = 4
LONGEST_UNLOCK_PIN = 6

#: A screen that nobody has touched for so long is locked, unless the clinic has set another time.
LOCK_AFTER = timedelta(minutes=10)

LONGEST_LOGIN = 64
LONGEST_NAME = 120

#: The words that everybody tries first, in small letters, without the digits and marks that people put after them.
_COMMON = frozenset(
    (  # noqa: SIM905  (one word a line would hide the rest of the file)
        "password passwort passw0rd pass qwerty qwertyui qwertyuiop asdfghjk asdfghjkl zxcvbnm letmein welcome "
        "iloveyou admin administrator doctor hospital clinic reception smartqueue queue india bharat krishna ganesh "
        "namaste changeme default login secret sunshine princess football cricket dragon monkey master superman "
        "trustno abc abcd test testtest demo guest user"
    ).split()
)

#: What comes first in a browser's own description decides; the words are the makers' names.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class LoginRules:
    """When a screen locks that nobody touches, and whether administrators need a second factor."""

    lock_after: timedelta = LOCK_AFTER
    codes_required: bool = False


#: The rules where nothing is set.
PLAIN_LOGINS = LoginRules()


class Role(StrEnum):
    """What a member of staff may do."""

    ADMIN = "admin"
    DOCTOR = "doctor"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff, without any secret's hash. `qualification` and `registration` stand on a doctor's papers.

    `role_id` names a role of the clinic's own, if the account has one; `role` is its base then.
    """

    id: int
    login: str
    name: str
    role: Role
    is_active: bool = True
    must_change: bool = False
    qualification: str = ""
    registration: str = ""
    has_unlock_pin: bool = False
    role_id: int | None = None
    has_factor: bool = False


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A login. `secret_hash` names it inside the server, and never leaves it whole."""

    secret_hash: str
    staff_id: int
    created_at: datetime
    seen_at: datetime
    browser: str
    is_locked: bool
    needs_code: bool = False
    by_provider: bool = False
    is_strong: bool = False


def new_login(text: str) -> str:
    """A login as it is kept: small letters, no space. Raises `BadInput`."""
    login = text.strip().lower()
    if (
        not 1 <= len(login) <= LONGEST_LOGIN
        or not login.isprintable()
        or any(character.isspace() for character in login)
    ):
        raise BadInput("login", f"A login has 1 to {LONGEST_LOGIN} characters and no space.")
    return login


def new_password(text: str, *about: str) -> str:
    """A password that may be chosen. `about`: the login and the name, which it must not be.

    Raises `WeakPassword`, whose `details["rule"]` is short, long, simple, common or own.
    """
    plain = text.lower().rstrip("0123456789!?.@#$*_- ")
    if len(text) < SHORTEST_PASSWORD:
        raise WeakPassword("short", f"A password needs at least {SHORTEST_PASSWORD} characters.")
    if len(text) > LONGEST_PASSWORD:
        raise WeakPassword("long", f"A password has at most {LONGEST_PASSWORD} characters.")
    if len(set(text)) < FEWEST_CHARACTERS or _is_run(text):
        raise WeakPassword("simple", "This password is one character again and again, or a row such as 12345678.")
    if plain in _COMMON:
        raise WeakPassword("common", "This password is among those that everybody tries first.")
    if any(word and plain in {word.lower(), word.lower().replace(" ", "")} for word in about):
        raise WeakPassword("own", "A password must not be the login or the name.")
    return text


def new_unlock_pin(text: str) -> str:
    """A PIN that may open a locked screen, as digits 0–9. Raises `BadInput` unless it is 4 to 6 digits, not easy."""
    pin = plain_digits(text[:LONGEST_NAME])
    if pin is None or not SHORTEST_UNLOCK_PIN <= len(pin) <= LONGEST_UNLOCK_PIN:
        raise BadInput("pin", f"A PIN has {SHORTEST_UNLOCK_PIN} to {LONGEST_UNLOCK_PIN} digits.")
    if is_easy(pin):
        raise BadInput("pin", "This PIN is too easy to guess.")
    return pin


def is_locked(locked: bool, seen_at: datetime, now: datetime, lock_after: timedelta) -> bool:
    """Whether a screen is locked: somebody locked it, or nobody has touched it since `seen_at` for that long."""
    return locked or now - seen_at >= lock_after


def browser_words(user_agent: str) -> str:
    """What a person would call the browser: `Chrome · Windows`; empty when it does not say."""
    named = [next((words for mark, words in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(words for words in named if words)


def _is_run(text: str) -> bool:
    steps = {ord(second) - ord(first) for first, second in pairwise(text)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
