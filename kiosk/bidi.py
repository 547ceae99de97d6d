"""Numbers in texts that are written from right to left.

By Unicode's algorithm (UAX #9) hyphens, spaces, plus signs and fractions do not hold digits together after an Arabic
letter: a dose of `1-0-0` is drawn `0-0-1`, and the groups of a phone number change places. An isolate keeps each run of
digits as it was written: LEFT-TO-RIGHT ISOLATE before it, POP DIRECTIONAL ISOLATE behind it. Both show nothing.
"""

import re
import unicodedata

LEFT_TO_RIGHT_ISOLATE = "\u2066"
POP_ISOLATE = "\u2069"

_DIGIT = r"[\d½¼¾⅓⅔⅛]"
#: What may stand between the digits of one number, dose, range, date or time.
_BETWEEN = r"(?:[ \u00a0\u202f]?[-‐‑–—−+×/][ \u00a0\u202f]?|[.,:]|[ \u00a0\u202f])"
#: A unit in Latin letters, which belongs to its number: 500 mg, 250 mg/5 ml.
_UNIT = rf"(?:[ \u00a0\u202f]?[A-Za-zµ°%]+(?:/{_DIGIT}*[ \u00a0\u202f]?[A-Za-zµ]+)?)?"
_RUN = re.compile(rf"(?<![\dA-Za-z])\+?(?:\(\+?\d+\) ?)?{_DIGIT}+(?:{_BETWEEN}{_DIGIT}+)*{_UNIT}")
#: One that needs no help: digits alone.
_PLAIN = re.compile(r"\d+")


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
