"""What a clinic chooses from a list instead of typing: its time zone and its country."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from queue_server.services.clinic.displays import REGIONS

#: Names in the list of zones that are no places.
_NO_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@cache
def time_zones() -> tuple[tuple[str, str], ...]:
    """Every zone of the IANA list that is called after a place, with what is shown of it: `Kolkata (Asia)`.

    The city comes first, so that its first letters find it in the list.
    """
    places = [zone for zone in available_timezones() if "/" in zone and not zone.startswith(_NO_PLACES)]
    return (*sorted(((zone, _shown(zone)) for zone in places), key=lambda one: one[1]), ("UTC", "UTC"))


def _shown(zone: str) -> str:
    region, _, city = zone.replace("_", " ").rpartition("/")
    return f"{city} ({region.replace('/', ', ')})"


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Every country whose phone numbers are known, by its name in the language."""
    names = Locale.parse(language).territories
    return tuple(sorted(((code, str(names.get(code, code))) for code in REGIONS), key=lambda one: one[1]))
