"""How long a clinic keeps what it knows of its patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from queue_server.domain.errors import BadInput

#: What a doctor must keep: medical records for three years (Indian Medical Council (Professional Conduct, Etiquette
#: and Ethics) Regulations 2002, 1.3.1). The Digital Personal Data Protection Act 2023, sections 8(7) and 12(3), lets
#: a clinic keep after an erasure what such a law demands.
SHORTEST_YEARS = 3
LONGEST_YEARS = 100


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """Whole years for which documents, the patients' names on visits, and who looked at records are kept."""

    documents: int = 10
    visits: int = 10
    reads: int = 10

    @classmethod
    def of(cls, stored: Mapping[str, int] | None) -> RetentionPeriods:
        """From the clinic's setting; what it does not name has the default."""
        return cls(**{name: int(years) for name, years in (stored or {}).items() if name in cls.__slots__})

    def checked(self) -> RetentionPeriods:
        """Itself. Raises `BadInput` naming the field for less than the law asks, or more than a lifetime."""
        for name in self.__slots__:
            years = getattr(self, name)
            if not SHORTEST_YEARS <= years <= LONGEST_YEARS:
                raise BadInput(name, f"{name}: {years} years; {SHORTEST_YEARS} to {LONGEST_YEARS} can be chosen.")
        return self

    def as_setting(self) -> dict[str, int]:
        """What is stored."""
        return {name: getattr(self, name) for name in self.__slots__}


def years_before(moment: datetime, years: int) -> datetime:
    """The same day so many years earlier; 29 February becomes the 28th where there is none."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def years_after(day: date, years: int) -> date:
    """The same day so many years later."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
