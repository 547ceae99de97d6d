"""What a paper says in each language, read from the files beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent

#: Every language in which papers are made; the patient reads one, the pharmacy English.
LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@dataclass(frozen=True, slots=True)
class Counted:
    """The words for a number of things; `half` is how people say a half, or empty."""

    one: str
    many: str
    half: str = ""

    def say(self, count: Fraction) -> str:
        """The number with its word: `1 tablet`, `half a tablet`, `1½ tablets`."""
        if count == Fraction(1, 2) and self.half:
            return self.half
        return (self.one if count <= 1 else self.many) % written(count)


class Words:
    """One language's words, by the names in its file."""

    def __init__(self, language: str, content: Mapping[str, Any]) -> None:
        self.language = language
        self._texts = {name: text for name, text in content.items() if isinstance(text, str)}
        self._forms: Mapping[str, str] = content.get("forms", {})
        self._counted = {
            name: Counted(forms["one"], forms.get("many", forms["one"]), forms.get("half", ""))
            for name, forms in content.items()
            if not isinstance(forms, str) and name != "forms"
        }

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def count(self, unit: str | None, count: Fraction) -> str:
        """So many of the unit (`tablet`, `days` …); the bare number where there is no word for the unit."""
        return self._counted[unit].say(count) if unit in self._counted else written(count)

    def form(self, name: str) -> str:
        """What a medicine of this form is called (`tablet`, `eye drops` …); empty for a form without a word."""
        return self._forms.get(name.strip().casefold(), "")

    @property
    def forms(self) -> frozenset[str]:
        """The forms that have a word."""
        return frozenset(self._forms)

    @property
    def names(self) -> frozenset[str]:
        """What the language has a text for."""
        return frozenset(self._texts) | frozenset(self._counted)

    @property
    def is_right_to_left(self) -> bool:
        """Whether lines begin on the right."""
        return self.language == "ur"


@cache
def words(language: str) -> Words:
    """The words of the language (`hi`, also `hi-IN`); English where papers do not know it."""
    code = language.replace("_", "-").split("-")[0].lower()
    known = code if code in LANGUAGES else "en"
    return Words(known, tomllib.loads((_FOLDER / f"{known}.toml").read_text()))


def written(amount: Fraction) -> str:
    """`2`, `½`, `1½`, `2.5`, `1/3`: with the characters that every bundled font has."""
    whole, rest = divmod(amount, 1)
    if not rest:
        return str(whole)
    if fraction := _FRACTIONS.get(rest):
        return f"{whole or ''}{fraction}"
    return f"{float(amount):g}" if (amount * 100).denominator == 1 else f"{amount.numerator}/{amount.denominator}"


def unbroken(text: str) -> str:
    """The text, which no line ends within."""
    return text.replace(" ", "\u00a0")


_FRACTIONS = {Fraction(1, 4): "¼", Fraction(1, 2): "½", Fraction(3, 4): "¾"}
