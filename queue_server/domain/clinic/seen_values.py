"""What every form of the set-up has in common: all problems at once, and nobody overwrites what they have not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from queue_server.domain.errors import BadFields, ChangedMeanwhile
from queue_server.domain.form_reading import Problem


def check(problems: list[Problem]) -> None:
    """Raises `BadFields` with every problem, when there are any."""
    if problems:
        raise BadFields(problems)


def check_unchanged(seen: Mapping[str, Any] | None, now: Mapping[str, Any]) -> None:
    """Raises `ChangedMeanwhile` when what the editor has seen (none: nothing to compare) is no longer so.

    `details["changed"]` has one item a field: field, was, now.
    """
    if seen is None:
        return
    changed: list[dict[str, Any]] = [
        {"field": field, "was": seen.get(field), "now": now.get(field)}
        for field in sorted(set(seen) | set(now))
        if seen.get(field) != now.get(field)
    ]
    if changed:
        names = ", ".join(item["field"] for item in changed)
        raise ChangedMeanwhile(f"Somebody else has changed this meanwhile: {names}.", changed=changed)
