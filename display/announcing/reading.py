"""What somebody reads aloud, so that calls are spoken with their voice: a few dozen words come first."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_uppercase
from typing import NamedTuple

from display.announcing.languages import LANGUAGES
from display.announcing.pieces import PAUSE, key, pieces

_IN_PLACES = {"number": "0", "room": "0"}


class ToRead(NamedTuple):
    """A word: the key of its clip, and what is read."""

    key: str
    text: str


def needed(language: str, prefixes: Iterable[str], rooms: Iterable[str], names: Iterable[str]) -> list[ToRead]:
    """What a clinic's calls are spoken of: its sentences, figures, the letters of its numbers, its rooms and names.

    `rooms` are codes, `names` what rooms and departments are called.
    """
    words = LANGUAGES[language]
    sentences = [
        piece for said in words.sentences for piece in pieces(said.format(**_IN_PLACES)) if not piece.isdecimal()
    ]
    figures = [str(figure) for figure in range(10)]
    letters = sorted({letter for prefix in prefixes for letter in prefix if letter in ascii_uppercase})
    called = [piece for room in rooms for piece in pieces(room) if piece.isdecimal()]
    keys = dict.fromkeys([*sentences, *figures, *letters, *called, *filter(None, map(key, names))])
    return [ToRead(word, text_of(language, word)) for word in keys if word != PAUSE]


def text_of(language: str, word: str) -> str:
    """What is read for the key: a figure's or a letter's word in the language, else the key itself."""
    words = LANGUAGES[language]
    if word.isascii() and word.isdecimal():
        return words.numbers[int(word)]
    return words.letters[ascii_uppercase.index(word)] if len(word) == 1 and word in ascii_uppercase else word
