"""What a slip says. Every text arrives composed and translated; nothing here knows the queue or the language."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Longest text of each field, in characters. Longer ones would turn a slip into a metre of paper.
TEXT_LENGTHS = {
    "clinic": 80,
    "department": 60,
    "department_en": 60,
    "issued_at": 60,
    "ahead_text": 80,
    "wait_text": 80,
    "sentence": 240,
    "copy_text": 30,
    "priority_text": 60,
    "extra_text": 160,
    "code_text": 80,
    "papers_text": 120,
}

OPTIONAL_TEXTS = {"wait_text", "copy_text", "priority_text", "extra_text", "code_text", "papers_text"}
#: Fields that a server of an earlier version does not send.
LATER_FIELDS = {"extra_text", "logo", "code_text", "papers_text", "ruler"}

#: In characters of base64.
LONGEST_LOGO = 24_000

MOST_COPIES = 99

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,11}")
URL = re.compile(r"https?://[!-~]{1,250}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class BadSlip(ValueError):
    """A slip that cannot be printed as it was given.

    `field` is the name of the field at fault, `rule` the rule that it breaks, in words.
    """

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"The slip's {field} {rule}.")
        self.field = field
        self.rule = rule


@dataclass(frozen=True)
class Slip:
    """One printed slip."""

    #: What is called, such as "G-012"; ASCII letters, digits and hyphens, at most 12.
    number: str
    #: The patient's page, read from the QR.
    url: str
    clinic: str
    #: In the patient's language; `department_en` is printed below it where the two differ.
    department: str
    department_en: str
    #: Date and time in words.
    issued_at: str
    ahead_text: str
    #: The waiting time as a range, or None where nothing honest can be said.
    wait_text: str | None
    sentence: str
    language: str
    #: 1 for the first print; 2 and more mark a reprint, which says `copy_text`.
    copy: int
    copy_text: str | None
    priority_text: str | None
    #: A sentence of the clinic's own, last on the slip.
    extra_text: str | None = None
    #: A PNG in base64, drawn above the clinic's name; one that cannot be read is left out.
    logo: str | None = None
    #: What the QR is for; below it.
    code_text: str | None = None
    #: The digits that open the visit's papers together with the QR, and where; last of all.
    papers_text: str | None = None
    #: Whether a scale from edge to edge is printed, which shows how wide the printer really prints.
    ruler: bool | None = None

    def __post_init__(self) -> None:
        require(self.number, "number", NUMBER, "must be 1 to 12 letters, digits or hyphens")
        require(self.url, "url", URL, "must be an http or https address of at most 250 ASCII characters")
        require(self.language, "language", LANGUAGE, "must be a language code such as hi")
        for field, longest in TEXT_LENGTHS.items():
            require_text(getattr(self, field), field, longest, is_optional=field in OPTIONAL_TEXTS)
        if self.logo is not None and (not isinstance(self.logo, str) or len(self.logo) > LONGEST_LOGO):
            raise BadSlip("logo", f"must be at most {LONGEST_LOGO} characters of base64")
        if self.ruler is not None and not isinstance(self.ruler, bool):
            raise BadSlip("ruler", "must be true or false")
        if isinstance(self.copy, bool) or not isinstance(self.copy, int) or not 1 <= self.copy <= MOST_COPIES:
            raise BadSlip("copy", f"must be a whole number from 1 to {MOST_COPIES}, not {self.copy!r}")
        if self.copy > 1 and self.copy_text is None:
            raise BadSlip("copy_text", f"must say which copy this is, because copy is {self.copy}")

    @classmethod
    def from_json(cls, document: object) -> "Slip":
        """Read the JSON document that a print job carries.

        A field that is unknown here is left out, so that an agent prints on while the server is a version ahead. A text
        that is too long is shortened: a slip with "…" on it can be used, one that fails cannot.

        Raises `BadSlip` naming the first field that is missing or of the wrong type.
        """
        if not isinstance(document, Mapping):
            raise BadSlip("document", f"must be a JSON object, not {type(document).__name__}")
        fields: dict[str, Any] = {}
        for field in cls.__dataclass_fields__:
            if field not in document and field not in LATER_FIELDS:
                raise BadSlip(field, "is missing")
            fields[field] = shortened(document.get(field), TEXT_LENGTHS.get(field))
        return cls(**fields)

    @property
    def name(self) -> str:
        """Number and copy, such as "G-012-1": a name for logs and files."""
        return f"{self.number}-{self.copy}"


def shortened(value: object, longest: int | None) -> object:
    """The value; a text that is longer than `longest` ends with … ."""
    if longest is None or not isinstance(value, str) or len(value) <= longest:
        return value
    kept = value[: longest - 1]
    # The last whole word, unless that leaves little.
    whole = kept.rpartition(" ")[0]
    return (whole if len(whole) > longest // 2 else kept).rstrip(" ,(") + "…"


def require(value: object, field: str, pattern: re.Pattern[str], rule: str) -> None:
    """Raises `BadSlip` unless the value is a text of this pattern."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadSlip(field, f"{rule}, not {value!r:.60}")


def require_text(value: object, field: str, longest: int, *, is_optional: bool = False) -> None:
    """Raises `BadSlip` unless the value is a line of text that can be printed, or none where that is allowed."""
    if value is None and is_optional:
        return
    if not isinstance(value, str):
        raise BadSlip(field, f"must be a text, not {value!r:.60}")
    if not value.strip():
        raise BadSlip(field, "must not be empty")
    if len(value) > longest:
        raise BadSlip(field, f"must be at most {longest} characters, not {len(value)}")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise BadSlip(field, "must not hold control characters or line breaks")
