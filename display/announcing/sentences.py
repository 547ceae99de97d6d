"""The words of one announcement: "Token G, zero one two. Please go to room three."

A number is said character by character, as it is read off a slip. A room is said as people call it: "room twelve", and
digit by digit where the number is long or begins with a zero: "room one zero one". A room that has a name is called by
that.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypedDict

from display.announcing.languages import ENGLISH, LANGUAGES, Language
from display.announcing.pieces import ENDS, PAUSE, figures, key, pieces

# Digits, or whatever is neither digit, space, ASCII punctuation nor dash; \w would tear vowel signs off Indic letters.
_RUNS = re.compile(r"\d+|[^\d\s!-/:-@\[-`{-~\u2010-\u2015]+")
_PLACES = re.compile(r"\{(number|room)\}")


class Spoken(TypedDict):
    """What a voice of the language with this code has to say; `words` are the keys of its clips, in their order."""

    language: str
    text: str
    words: list[str]


def announcement(
    number: str,
    room: str,
    languages: Sequence[str],
    room_names: Mapping[str, str] | None = None,
    is_recall: bool = False,
) -> list[Spoken]:
    """The sentences that call `number` ("G-012") to `room` ("3") or, in a language in which it has a name, to that; one
    for each language, in the given order. `is_recall`: it is called again, and this is said.

    A language that is given twice is spoken once. Languages without words are left out; if none has any, the
    announcement is in English, so that a call is never silent. No digit is left as a figure in a `text`. What is said
    once more, as a board says the calls of its last two minutes with each new one, is not worded again, but shared.
    """
    called = []
    for code in _known(languages):
        name = (room_names or {}).get(code, "")
        sentence = LANGUAGES[code].sentence(is_recall=is_recall, is_named=bool(name))
        called.append(_spoken_in(code, sentence, number, room, name))
    return called


def trial(languages: Sequence[str]) -> list[Spoken]:
    """What is said, in these languages, when somebody wants to hear a screen."""
    return [_spoken_in(code, LANGUAGES[code].test, "", "", "") for code in _known(languages)]


def _known(languages: Sequence[str]) -> list[str]:
    return [code for code in dict.fromkeys(languages) if code in LANGUAGES] or ["en"]


@lru_cache(maxsize=512)
def _spoken_in(code: str, sentence: str, number: str, room: str, room_name: str) -> Spoken:
    language = LANGUAGES[code]
    text = sentence.format(number=_spelt_out(number, language), room=_as_called(room_name or room, language))
    said = {"number": _keys_spelt(number), "room": [key(room_name)] if key(room_name) else _keys_called(room)}
    return {"language": code, "text": text, "words": _words(sentence, said)}


def _words(sentence: str, said: Mapping[str, list[str]]) -> list[str]:
    """The keys of a sentence, `said` in its places."""
    found: list[str] = []
    for part in ENDS.split(sentence):
        words = [word for piece in _PLACES.split(part) for word in said.get(piece) or pieces(piece)]
        found.extend([PAUSE, *words] if found and words else words)
    return found


def _keys_spelt(number: str) -> list[str]:
    return [word for run in _RUNS.findall(number) for word in _run_keys(run)]


def _run_keys(run: str) -> list[str]:
    if run.isdecimal():
        return [str(unicodedata.decimal(character)) for character in run]
    return list(run.upper()) if run.isascii() else [key(run)]


def _keys_called(room: str) -> list[str]:
    found: list[str] = []
    for run in _RUNS.findall(room):
        is_spelt = run.isascii() and run.isupper()
        found.extend(figures(run) if run.isdecimal() else list(run) if is_spelt else filter(None, [key(run)]))
    return found


def _spelt_out(number: str, language: Language) -> str:
    return ", ".join(_spelt(run, language) for run in _RUNS.findall(number))


def _as_called(room: str, language: Language) -> str:
    return " ".join(_run_as_called(run, language) for run in _RUNS.findall(room))


def _run_as_called(run: str, language: Language) -> str:
    if not run.isdecimal():
        return _spelt(run, language) if run.isupper() else run
    return " ".join(language.numbers[int(figure)] for figure in figures(run))


def _spelt(run: str, language: Language) -> str:
    is_spelt = run.isdecimal() or run.isascii()
    return " ".join(_spoken(character, language) for character in run) if is_spelt else run


def _spoken(character: str, language: Language) -> str:
    if character.isdecimal():
        return language.numbers[unicodedata.decimal(character)]
    place = ord(character.upper()) - ord("A")
    return language.letters[place] if 0 <= place < len(ENGLISH.letters) else character
