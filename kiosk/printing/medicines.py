"""What a print of a patient's medicines says. Every text arrives composed and translated, as on a slip."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.printing.slip import LANGUAGE, NUMBER, URL, BadSlip, require, require_text, shortened

KIND = "medicines"
#: Times of the day that have a sign.
TIMES = ("morning", "noon", "evening", "night")
MOST_LINES = 20

_TEXTS = {"clinic": 80, "title": 80, "issued_at": 80, "doctor": 160, "end_text": 160}
_OPTIONAL = {"patient": 120, "advice": 1000, "url_text": 160}
_LINE = {"name": 180, "words": 400}
_OPTIONAL_IN_LINE = {"english": 400, "note": 200, "total": 80}
_LONGEST_AMOUNT = 8


@dataclass(frozen=True)
class MedicineLine:
    """One medicine: its name, the amount at each time of the day (may be empty), and what else is said of it."""

    name: str
    #: In words, in the patient's language.
    words: str
    signs: tuple[tuple[str, str], ...]
    #: The same in English, for the pharmacy.
    english: str | None
    note: str | None
    total: str | None

    @classmethod
    def from_json(cls, index: int, sent: object) -> "MedicineLine":
        """Read one line. Raises `BadSlip`."""
        fields = _texts(sent, _LINE, _OPTIONAL_IN_LINE, f"lines.{index}.")
        signs = sent.get("signs") if isinstance(sent, Mapping) else None
        if not isinstance(signs, list) or len(signs) > len(TIMES):
            raise BadSlip(f"lines.{index}.signs", "must be a list of at most four")
        return cls(signs=tuple(_sign(index, one) for one in signs), **fields)


@dataclass(frozen=True)
class MedicineSlip:
    """One prescription as a pharmacy and a patient read it at a glance; the signed paper is the PDF."""

    number: str
    language: str
    clinic: str
    title: str
    issued_at: str
    doctor: str
    end_text: str
    lines: tuple[MedicineLine, ...]
    patient: str | None = None
    advice: str | None = None
    #: Where the paper is verified, and what its QR is for.
    url: str | None = None
    url_text: str | None = None

    @classmethod
    def from_json(cls, document: object) -> "MedicineSlip":
        """Read the JSON document that a print job carries; unknown fields are left out. Raises `BadSlip`."""
        if not isinstance(document, Mapping):
            raise BadSlip("document", f"must be a JSON object, not {type(document).__name__}")
        require(document.get("number"), "number", NUMBER, "must be 1 to 12 letters, digits or hyphens")
        require(document.get("language"), "language", LANGUAGE, "must be a language code such as hi")
        if (url := document.get("url")) is not None:
            require(url, "url", URL, "must be an http or https address of at most 250 ASCII characters")
        lines = document.get("lines")
        if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
            raise BadSlip("lines", f"must be a list of 1 to {MOST_LINES}")
        return cls(
            number=document["number"],
            language=document["language"],
            url=url,
            lines=tuple(MedicineLine.from_json(index, line) for index, line in enumerate(lines)),
            **_texts(document, _TEXTS, _OPTIONAL, ""),
        )

    @property
    def name(self) -> str:
        """A name for logs and files, without anything of what is printed."""
        return f"{self.number}-medicines"


def is_medicines(document: object) -> bool:
    """Whether the document of a print job is one of medicines; any other is a slip."""
    return isinstance(document, Mapping) and document.get("kind") == KIND


def _texts(sent: object, needed: Mapping[str, int], optional: Mapping[str, int], path: str) -> dict[str, Any]:
    if not isinstance(sent, Mapping):
        raise BadSlip(path.rstrip("."), "must be a JSON object")
    fields: dict[str, Any] = {}
    for field, longest in (*needed.items(), *optional.items()):
        fields[field] = shortened(sent.get(field), longest)
        require_text(fields[field], f"{path}{field}", longest, is_optional=field in optional)
    return fields


def _sign(index: int, sent: object) -> tuple[str, str]:
    match sent:
        case [str(time), str(amount)] if time in TIMES and 0 < len(amount) <= _LONGEST_AMOUNT and amount.isprintable():
            return time, amount
    raise BadSlip(f"lines.{index}.signs", "must be pairs of a time of the day and an amount")
