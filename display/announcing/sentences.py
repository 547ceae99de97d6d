"""The words of one announcement: "Token G, zero one two. Please go to room three."

A number is said character by character, as it is read off a slip. A room is said as people call it: "room twelve", and
digit by digit where the number is long or begins with a zero: "room one zero one".
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import TypedDict

from display.announcing.languages import ENGLISH, LANGUAGES, Language

# Digits, or whatever is neither digit, space, ASCII punctuation nor dash; \w would tear vowel signs off Indic letters.
_RUNS = re.compile(r"\d+|[^\d\s!-/:-@\[-`{-~\u2010-\u2015]+")


class Spoken(TypedDict):
    """What a voice of the language with this code has to say."""

    language: str
    text: str


def announcement(number: str, room: str, languages: Sequence[str]) -> list[Spoken]:
    """The sentences that call `number` ("G-012") to `room` ("3"), one for each language, in the given order.

    A language that is given twice is spoken once. Languages without words are left out; if none has any, the
    announcement is in English, so that a call is never silent. No digit is left as a figure.
    """
    known = [code for code in dict.fromkeys(languages) if code in LANGUAGES] or ["en"]
    return [{"language": code, "text": _sentence(number, room, LANGUAGES[code])} for code in known]


def _sentence(number: str, room: str, language: Language) -> str:
    return language.sentence.format(number=_spelt_out(number, language), room=_as_called(room, language))


def _spelt_out(number: str, language: Language) -> str:
    return ", ".join(_spelt(run, language) for run in _RUNS.findall(number))


def _as_called(room: str, language: Language) -> str:
    return " ".join(_run_as_called(run, language) for run in _RUNS.findall(room))


def _run_as_called(run: str, language: Language) -> str:
    if not run.isdecimal():
        return _spelt(run, language) if run.isupper() else run
    is_short = len(run) <= 2 and (len(run) == 1 or int(run) >= 10)
    return language.numbers[int(run)] if is_short else _spelt(run, language)


def _spelt(run: str, language: Language) -> str:
    is_spelt = run.isdecimal() or run.isascii()
    return " ".join(_spoken(character, language) for character in run) if is_spelt else run


def _spoken(character: str, language: Language) -> str:
    if character.isdecimal():
        return language.numbers[unicodedata.decimal(character)]
    place = ord(character.upper()) - ord("A")
    return language.letters[place] if 0 <= place < len(ENGLISH.letters) else character
