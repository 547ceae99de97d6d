"""Reading what a form or a file says, and noting every problem with it instead of stopping at the first."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

#: Control and format characters, surrogates, private and unassigned ones; scripts of South Asia need the joiners.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")

#: How each rule is told to a program; faces have the same sentences in the reader's language.
SENTENCES: Mapping[str, str] = {
    "required": "Please fill in this field.",
    "too_many": "These are more than %(most)s.",
    "too_long": "This is longer than %(longest)s characters.",
    "not_text": "This is no text.",
    "not_a_number": "Please enter a whole number.",
    "out_of_range": "This must be from %(lowest)s to %(highest)s.",
    "unknown": "%(value)s is not known.",
    "in_use": "%(value)s is in use.",
    "in_use_removed": "%(value)s belongs to a removed department; restore that one instead.",
    "letters_only": "Only letters and digits are allowed here.",
    "not_a_time": "%(value)s is no time such as 09:00.",
    "overlap": "These times overlap, or are not in order.",
    "backwards": "This ends at %(value)s, which is not after its beginning.",
    "clash": "This doctor or room is already taken at %(value)s.",
    "past": "%(value)s is in the past.",
    "not_a_day": "%(value)s is no day such as 2026-12-25.",
    "twice": "%(value)s is there twice.",
    "not_a_list": "This must be a list.",
    "not_an_object": "This must be an object.",
    "not_json": "Line %(value)s is no JSON.",
    "still_waiting": "%(count)s tokens wait in %(value)s, which the file does not have.",
    "room_in_use": "%(who)s is in room %(value)s, which the file changes or does not have.",
    "display_in_use": "A device shows the display %(value)s, which the file does not have.",
    "whole_clinic": "A role for some departments cannot hold a right that concerns the whole clinic.",
    "role_in_use": "Somebody has the role %(value)s, which the file does not have.",
    "nonsense": "%(value)s does not belong here.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field: the rule that it breaks (a key of `SENTENCES`), and what its sentence names."""

    field: str
    rule: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The problem in English."""
        return SENTENCES[self.rule] % self.values


Value = TypeVar("Value")


@dataclass(slots=True)
class Reader:
    """One object as it was sent. Every method gives a usable value, or notes a problem and gives the default."""

    sent: Mapping[str, Any]
    problems: list[Problem]
    path: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.sent, Mapping):
            self.problems.append(Problem(self.path.rstrip("."), "not_an_object"))
            self.sent = {}

    def wrong(self, name: str, rule: str, **values: object) -> None:
        """The field `name` breaks this rule."""
        self.problems.append(Problem(f"{self.path}{name}", rule, values))

    def text(self, name: str, longest: int, *, default: str = "", is_required: bool = True) -> str:
        """A line of text without characters that nobody sees."""
        value = self.sent.get(name)
        if value is None:
            value = default
        if not isinstance(value, str):
            self.wrong(name, "not_text")
            return default
        cleaned = clean(value)
        if is_required and not cleaned:
            self.wrong(name, "required")
        if len(cleaned) > longest:
            self.wrong(name, "too_long", longest=longest)
        return cleaned[:longest]

    def reference(self, name: str, known: Collection[str]) -> str:
        """The code or login of something that there is."""
        value = self.text(name, 64)
        if value and value not in known:
            self.wrong(name, "unknown", value=shortened(value))
        return value

    def number(self, name: str, lowest: int, highest: int, default: int) -> int:
        """A whole number in this range; text is read as a form sends it. `default` when nothing is there."""
        found = self.optional_number(name, lowest, highest)
        return default if found is None else found

    def optional_number(self, name: str, lowest: int, highest: int) -> int | None:
        """A whole number in this range, or none where nothing is there."""
        value = self.sent.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.strip().isascii() and value.strip().removeprefix("-").isdecimal():
            value = int(value.strip()[:12])
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong(name, "not_a_number")
            return None
        if not lowest <= value <= highest:
            self.wrong(name, "out_of_range", lowest=lowest, highest=highest)
            return None
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self.sent.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(name, "unknown", value=shortened(value))
        return value is True

    def choice(self, name: str, known: Iterable[str], default: str) -> str:
        """One of these words; `default` when nothing is there."""
        value = self.sent.get(name)
        if value is None or value == "":
            return default
        if value not in list(known):
            self.wrong(name, "unknown", value=shortened(value))
            return default
        return str(value)

    def choices(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        """Some of these words, each once, in the order in which they were sent."""
        value, allowed = self.sent.get(name), list(known)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.wrong(name, "not_a_list")
            return ()
        for one in value:
            if one not in allowed:
                self.wrong(name, "unknown", value=shortened(one))
        return tuple(dict.fromkeys(one for one in value if one in allowed))

    def texts(self, name: str, longest: int, languages: Iterable[str]) -> dict[str, str]:
        """Language → text, without the empty ones."""
        value = self.sent.get(name)
        inner = Reader({} if value is None else value, self.problems, f"{self.path}{name}.")
        for language in set(inner.sent) - set(languages):
            inner.wrong(shortened(language), "unknown", value=shortened(language))
        found = {language: inner.text(language, longest, is_required=False) for language in sorted(languages)}
        return {language: text for language, text in found.items() if text}

    def known(self, *names: str) -> None:
        """Notes every field that is none of these."""
        for name in sorted(set(map(str, self.sent)) - set(names)):
            self.wrong(shortened(name), "nonsense", value=shortened(name))

    def items(self, name: str, read: Callable[[Reader], Value]) -> list[Value]:
        """Every object of a list, read one by one; the path of an item is `name[3].`, counted from 1."""
        value = self.sent.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(name, "not_a_list")
            return []
        return [
            read(Reader(item, self.problems, f"{self.path}{name}[{place}].")) for place, item in enumerate(value, 1)
        ]


def is_visible(character: str) -> bool:
    """Whether the character may stand in what people write: none that nobody sees, but for the joiners."""
    return character in _JOINERS or unicodedata.category(character) not in _INVISIBLE


def clean(text: str) -> str:
    """The text in one form (NFC), on one line, without invisible characters and spaces at its ends."""
    visible = (character if is_visible(character) else " " for character in unicodedata.normalize("NFC", text))
    return " ".join("".join(visible).split())


def shortened(value: object) -> str:
    """The value as it may be named in a sentence."""
    return clean(str(value))[:40]
