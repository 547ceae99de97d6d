"""Breaking a text into lines that fit."""

import re
import unicodedata
from collections.abc import Iterator

from kiosk.printing.typefaces import Typeface

#: Combining class of the signs that join two Indic consonants into one shape.
_VIRAMA = 9
_JOINERS = "\u200c\u200d"
NO_BREAK = "\u00a0"
_BREAKING = re.compile(r"[ \t\n\r]+")


#: How often the search for the narrowest width halves what is left: to a thirtieth of the line.
HALVINGS = 5


def balanced_lines(text: str, typeface: Typeface, width: int) -> list[str]:
    """As few lines as fit `width` dots, of about the same length, so that no single word is left on the last one."""
    best = lines(text, typeface, width)
    if len(best) == 1:
        return best
    too_narrow = min(width, max(typeface.width(text) // len(best), longest_word(text, typeface))) - 1
    enough = width
    for _ in range(HALVINGS):
        middle = (too_narrow + enough + 1) // 2
        rows = lines(text, typeface, middle)
        if len(rows) == len(best):
            best, enough = rows, middle
        else:
            too_narrow = middle
    return best


def longest_word(text: str, typeface: Typeface) -> int:
    """Dots of the widest word."""
    return max((typeface.width(word) for word in text.split()), default=0)


def lines(text: str, typeface: Typeface, width: int) -> list[str]:
    """Lines of the text, none wider than `width` dots, each as full as it gets.

    A text breaks between words; within a word only where the word alone is too wide, and then never within what a
    reader sees as one character. What no-break spaces hold together stays so as long as it fits a line.
    """
    done: list[str] = []
    line = ""
    for word in _words(text, typeface, width):
        candidate = f"{line} {word}" if line else word
        if typeface.width(candidate) <= width:
            line = candidate
            continue
        if line:
            done.append(line)
        *full, line = _pieces(word, typeface, width)
        done.extend(full)
    return [*done, line]


def _words(text: str, typeface: Typeface, width: int) -> Iterator[str]:
    for words in _BREAKING.split(text.strip()):
        if NO_BREAK in words and typeface.width(words) > width:
            yield from words.split()
        else:
            yield words


def _pieces(word: str, typeface: Typeface, width: int) -> list[str]:
    pieces = [""]
    for cluster in _fitting_clusters(word, typeface, width):
        if pieces[-1] and typeface.width(pieces[-1] + cluster) > width:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _fitting_clusters(word: str, typeface: Typeface, width: int) -> Iterator[str]:
    """The word's clusters; one that is wider than the whole line, which no language has, falls into its characters."""
    for cluster in _clusters(word):
        if typeface.width(cluster) <= width:
            yield cluster
        else:
            yield from cluster


def _clusters(word: str) -> Iterator[str]:
    """What a reader sees as one character: a base with its marks, and consonants joined by a virama."""
    cluster = ""
    for character in word:
        is_mark = unicodedata.category(character).startswith("M") or character in _JOINERS
        is_joined = bool(cluster) and (unicodedata.combining(cluster[-1]) == _VIRAMA or cluster[-1] in _JOINERS)
        if cluster and not is_mark and not is_joined:
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster
