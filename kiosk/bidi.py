"""Numbers in texts that are written from right to left.

By Unicode's algorithm (UAX #9) hyphens, spaces, plus signs and fractions do not hold digits together after an Arabic
letter: a dose of `1-0-0` is drawn `0-0-1`, and the groups of a phone number change places. An isolate keeps each run of
digits as it was written: LEFT-TO-RIGHT ISOLATE before it, POP DIRECTIONAL ISOLATE behind it. Both show nothing.
"""

import re
import unicodedata

LEFT_TO_RIGHT_ISOLATE = "\u2066"
POP_ISOLATE = "\u2069"

_SPACE = "[ \u00a0\u202f]"
_NUMBER = rf"(?:\(\+?\d+\){_SPACE}?)?[\d½¼¾⅐-⅞]+"
_SIGN = "[-+−±]"
#: What may stand between the digits of one number, dose, range, date or time; 2x5, 2026-11-22T10:30.
_BETWEEN = rf"(?:{_SPACE}?[-‐‑–—−－﹣+×*~_/]{{1,2}}{_SPACE}?{_SIGN}?|[.,:]|{_SPACE}|[A-Za-z]{{1,3}})"
#: Latin letters belong to the number beside them, which would change its place with them: 500 mg, 12-B, IV 5-10.
_BEHIND = rf"(?:(?:{_SPACE}|[-/])?[A-Za-zµ°%]+(?:(?:{_SPACE}|[-/])[A-Za-zµ°%]+)*)?"
_BEFORE = rf"(?:[A-Za-z]+(?:[-/., ]{{1,2}}[A-Za-z]+){{0,3}}[-/.]?{_SPACE}?|\+|(?<![^\s(]){_SIGN})?"
_RUN = re.compile(rf"(?<![\dA-Za-z]){_BEFORE}{_NUMBER}(?:{_BEHIND}{_BETWEEN}{_NUMBER})*{_BEHIND}")
#: One that needs no help: digits alone, or behind letters (G-012).
_PLAIN = re.compile(r"(?:[A-Za-z]+-?)?\d+")


def is_right_to_left(text: str) -> bool:
    """Whether the text has letters of a script that is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


def isolated(text: str) -> str:
    """The text with every run of digits isolated, if it has letters that are written from right to left.

    Isolating twice changes nothing that is seen. Lines must be broken before, because an isolate ends with its line.
    """
    if not is_right_to_left(text):
        return text
    return _RUN.sub(_isolate, text)


def _isolate(found: re.Match[str]) -> str:
    run = found[0]
    return run if _PLAIN.fullmatch(run) else f"{LEFT_TO_RIGHT_ISOLATE}{run}{POP_ISOLATE}"
