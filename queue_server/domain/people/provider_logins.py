"""Logins at a hospital's own login provider (OpenID Connect): who somebody is there, and which role that means here."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queue_server.domain.people.staff import LONGEST_LOGIN

LONGEST_SUBJECT = 255
#: An account whose name over there cannot be used here is called so.
_NAMELESS = "staff"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider has logged in. Only `issuer` and `subject` say who it is; names can change and be chosen.

    `is_strong`: the provider has asked for more than a password.
    """

    issuer: str
    subject: str
    name: str = ""
    login: str = ""
    groups: frozenset[str] = frozenset()
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class KnownIdentity:
    """Whose account an identity opens. `is_managed`: the provider made it, and its groups say which role it has."""

    staff_id: int
    is_managed: bool


#: Group over there → role here, the one that counts most first.
Mapped = Sequence[tuple[str, str]]


def read_mapping(text: str) -> Mapped:
    """`doctors=doctor; ward-3=Ward desk`, as it is set. Raises `ValueError` for what is no such list."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    if any(not equals or not group.strip() or not role.strip() for group, equals, role in pairs):
        raise ValueError(f"{text!r} must be a list such as 'doctors=doctor; reception=desk'.")
    return [(group.strip(), role.strip()) for group, _, role in pairs]


def role_for(groups: Collection[str], mapped: Mapped) -> str | None:
    """The role that the groups mean here: of several the one that was named first; none for nobody of ours."""
    return next((role for group, role in mapped if group in groups), None)


def groups_in(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """The words at a path of the claims, such as `groups` or `realm_access.roles`; a single word counts as one."""
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    words = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return frozenset(word for word in words if isinstance(word, str))


def free_login(wanted: str, taken: Collection[str]) -> str:
    """A login for a new account: the name before any @, small and plain; with a number where it is taken."""
    plain = re.sub(r"[^a-z0-9._-]", "", wanted.partition("@")[0].lower())[: LONGEST_LOGIN - 4].strip("._-") or _NAMELESS
    names = (plain, *(f"{plain}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
