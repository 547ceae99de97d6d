"""What a clinic chooses from a list instead of typing: its time zone and its country."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from queue_server.services.clinic.displays import REGIONS

#: Names in the list of zones that are no places.
_NO_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


def time_zones(chosen: str) -> tuple[tuple[str, str], ...]:
    """Every zone of the IANA list that is called after a place, with what is shown of it: `Kolkata (Asia)`.

    The city comes first, so that its first letters find it in the list. A name that has become another's (Calcutta) is
    there only where it is what was chosen.
    """
    current = _current_zones()
    is_missing = chosen in _old_names() and chosen not in dict(current)
    return (*current, (chosen, _shown(chosen))) if is_missing else current


@cache
def _current_zones() -> tuple[tuple[str, str], ...]:
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(_NO_PLACES))
    current = ((zone, _shown(zone)) for zone in places if zone not in _old_names())
    return (*sorted(current, key=lambda one: one[1]), ("UTC", "UTC"))


def _old_names() -> Mapping[str, str]:
    return cast("Mapping[str, str]", get_global("zone_aliases"))


def _shown(zone: str) -> str:
    region, _, city = zone.replace("_", " ").rpartition("/")
    return f"{city} ({region.replace('/', ', ')})"


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Every country whose phone numbers are known, by its name in the language."""
    names = Locale.parse(language).territories
    return tuple(sorted(((code, str(names.get(code, code))) for code in REGIONS), key=lambda one: one[1]))
