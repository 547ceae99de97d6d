"""What the keeper knows of the clinic: the server's last answer, and what follows from it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

#: As the page's scripts know them.
DEPARTMENT_CLOSED, OUTSIDE_HOURS, QUOTA_REACHED = "department_closed", "outside_hours", "quota_reached"


class BadFacts(ValueError):
    """The server's answer is not what a keeper understands."""


@dataclass(frozen=True)
class Opening:
    """Whether numbers are given out: if not, the error's code and the reason as views name it, and when it opens."""

    code: str = ""
    why: str | None = None
    opens_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether numbers are given out."""
        return not self.code


@dataclass(frozen=True)
class Department:
    """A department, as the server has described it; see `DepartmentFacts` of the server."""

    code: str
    prefix: str
    names: Mapping[str, str]
    is_open: bool
    quota: int | None
    issued: int
    spans: Sequence[tuple[datetime, datetime]]
    highest: Mapping[str, int]

    def opening(self, at: datetime, given: int, told_until: datetime) -> Opening:
        """Whether the next number is given out, after `given` others of the day.

        Beyond `told_until` nobody has told the hours, and the department counts as open: people stand there.
        """
        if not self.is_open:
            return Opening(DEPARTMENT_CLOSED, "shut")
        if self.quota is not None and given >= self.quota:
            return Opening(QUOTA_REACHED, "quota")
        if at >= told_until or any(begin <= at < end for begin, end in self.spans):
            return Opening()
        return Opening(OUTSIDE_HOURS, "hours", next((begin for begin, _ in self.spans if begin > at), None))

    def name(self, language: str) -> str:
        """The name in this language, else in English, else the first there is, else the code."""
        first = next((self.names[code] for code in sorted(self.names) if self.names[code]), self.code)
        return self.names.get(language) or self.names.get("en") or first


@dataclass(frozen=True)
class Day:
    """A service day, and its date in words by language."""

    day: str
    since: datetime
    until: datetime
    words: Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """The clinic. `series`: the letters of this keeper's numbers; `today`: the day on which the server said this."""

    series: str
    public_url: str
    zone: ZoneInfo
    seal: str
    days: Sequence[Day]
    departments: Mapping[str, Department]
    slips: Mapping[str, Mapping[str, Any]]

    @classmethod
    def from_json(cls, sent: Mapping[str, Any]) -> "Facts":
        """Read the server's answer. Raises `BadFacts`."""
        try:
            return cls(
                series=str(sent["series"]),
                public_url=str(sent["public_url"]),
                zone=ZoneInfo(sent["time_zone"]),
                seal=str(sent["seal"]),
                days=[
                    Day(one["day"], _moment(one["since"]), _moment(one["until"]), dict(one["words"]))
                    for one in sent["days"]
                ],
                departments={one["code"]: _department(one) for one in sent["departments"]},
                slips=dict(sent["slips"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadFacts("The server's answer holds no clinic that this keeper understands.") from error

    @property
    def told_until(self) -> datetime:
        """Until when the server has told days and hours."""
        return self.days[-1].until

    @property
    def today(self) -> str:
        """The day on which the server has said this."""
        return self.days[0].day

    def day_at(self, at: datetime) -> str:
        """The service day of a moment. Beyond what the server has told, days go on at the same time of day."""
        for one in self.days:
            if at < one.until:
                return one.day
        last = self.days[-1]
        more = (at - last.until) // timedelta(days=1) + 1
        return (datetime.fromisoformat(last.day) + timedelta(days=more)).date().isoformat()

    def written(self, at: datetime, language: str) -> str:
        """A moment as slips write it: the date in words and the time."""
        local = at.astimezone(self.zone)
        date = local.date().isoformat()
        words = next((one.words.get(language) for one in self.days if one.day == date), None)
        return f"{words or date}, {local:%H:%M}"


def number(prefix: str, series: str, counter: int) -> str:
    """A number of the keeper's own series: `G-A07`; from 100 on it simply grows (`G-A100`)."""
    return f"{prefix}-{series}{counter:02d}"


def _department(sent: Mapping[str, Any]) -> Department:
    return Department(
        code=str(sent["code"]),
        prefix=str(sent["prefix"]),
        names={str(language): str(name) for language, name in sent["names"].items()},
        is_open=bool(sent["is_open"]),
        quota=None if sent["quota"] is None else int(sent["quota"]),
        issued=int(sent["issued"]),
        spans=[(_moment(begin), _moment(end)) for begin, end in sent["spans"]],
        highest={str(day): int(most) for day, most in sent["highest"].items()},
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
