"""Dose patterns as doctors type them ("1-0-1", "½ bd", "1 sos"), and what the pharmacy counts out for them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from queue_server.domain.errors import BadInput
from queue_server.domain.records.records import Dose

#: The most that is taken at one time, in units of the form (drops, millilitres and insulin units are many).
LARGEST_AMOUNT = 99
LONGEST_PATTERN = 40
LONGEST_COURSE_DAYS = 365
LARGEST_QUANTITY = 9999

#: Forms of which one takes whole pieces; of everything else (syrup, cream, drops) nobody can say how much is needed.
COUNTED = frozenset(
    {"tablet", "capsule", "sachet", "suppository", "pessary", "lozenge", "patch", "injection", "respule"}
)

#: How often a day, in the letters of prescriptions → morning, noon, evening, night.
_TIMES: Mapping[str, tuple[int, int, int, int]] = {
    "od": (1, 0, 0, 0),
    "qd": (1, 0, 0, 0),
    "bd": (1, 0, 0, 1),
    "bid": (1, 0, 0, 1),
    "tds": (1, 1, 0, 1),
    "tid": (1, 1, 0, 1),
    "qid": (1, 1, 1, 1),
    "qds": (1, 1, 1, 1),
    "hs": (0, 0, 0, 1),
}
_NEEDED = frozenset({"sos", "prn"})
_NOW = frozenset({"stat"})
_NUMBER = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(?:/(\d+))?")
_JOINED = re.compile(r"\d{3,4}")


def parse_dose(text: str) -> Dose:
    """The dose that is meant by a pattern, typed with any dash, fraction sign or script of digits, in any case.

    `1-0-1`: morning, noon, night; with four parts evening comes before night; `1-1` is morning and night; `1` alone is
    once a day, in the morning. `101` is `1-0-1`. Amounts: `½`, `1½`, `1/2`, `1.5`. Words after (or instead of) it:
    od, bd, tds, qid, hs; sos or prn (as needed); stat (at once). Raises `BadInput` for anything else, or for nothing.
    """
    parts, words = _split(text)
    needed, at_once = bool(words & _NEEDED), bool(words & _NOW)
    times = [_TIMES[word] for word in words if word in _TIMES]
    if len(times) > 1 or (times and len(parts) > 1):
        raise _refused(text)
    dose = Dose(as_needed=needed, at_once=at_once)
    if times:
        amount = parts[0] if parts else Fraction(1)
        return _checked(text, _with_pattern(dose, [amount * many for many in times[0]]))
    if len(parts) <= 1 and (needed or at_once):
        return _checked(text, replace(dose, single=parts[0] if parts else Fraction(1)))
    if not parts:
        raise _refused(text)
    return _checked(text, _with_pattern(dose, parts))


def write_amount(amount: Fraction) -> str:
    """`0`, `½`, `1½`, `2.5`; an amount that neither such a fraction nor a short decimal can say is written as `3/7`."""
    whole, rest = divmod(amount, 1)
    if not rest:
        return str(whole)
    if rest in _FRACTIONS:
        return f"{whole or ''}{_FRACTIONS[rest]}"
    decimal = amount * 100
    return f"{float(amount):g}" if decimal.denominator == 1 else f"{amount.numerator}/{amount.denominator}"


def quantity(dose: Dose, days: int | None, form: str) -> Fraction | None:
    """How many pieces the course needs, rounded up to whole ones; none where they are not counted or not limited.

    One dose at once, and nothing else, needs no days. As needed with a pattern counts the most that may be taken.
    """
    if form.casefold() not in COUNTED:
        return None
    if dose.single:
        return Fraction(math.ceil(dose.single)) if dose.at_once and not dose.as_needed else None
    return Fraction(math.ceil(sum(dose.parts) * days)) if days else None


_FRACTIONS: Mapping[Fraction, str] = {
    Fraction(1, 4): "¼",
    Fraction(1, 3): "⅓",
    Fraction(1, 2): "½",
    Fraction(2, 3): "⅔",
    Fraction(3, 4): "¾",
}
_VALUES: Mapping[str, Fraction] = {written: value for value, written in _FRACTIONS.items()}


def _split(text: str) -> tuple[list[Fraction], set[str]]:
    """The amounts, and the words. Raises `BadInput` for what is neither."""
    if len(text) > LONGEST_PATTERN:
        raise _refused(text[:LONGEST_PATTERN] + "…")
    plain = "".join(_plain(character) for character in text).casefold()
    words = re.findall(r"[a-z]+", plain)
    pattern = re.sub(r"[a-z]+\.?", " ", plain)
    if not set(words) <= _TIMES.keys() | _NEEDED | _NOW or len(set(words)) != len(words):
        raise _refused(text)
    pieces = [piece.strip() for piece in re.split(r"[-+]", pattern)] if pattern.strip() else []
    if len(pieces) == 1 and _JOINED.fullmatch(pieces[0]):
        pieces = list(pieces[0])
    amounts = [_amount(piece) for piece in pieces]
    if len(amounts) > 4 or any(amount is None or amount > LARGEST_AMOUNT for amount in amounts):
        raise _refused(text)
    return [amount for amount in amounts if amount is not None], set(words)


def _plain(character: str) -> str:
    """Digits of any script as 0–9, every dash as `-`."""
    if (value := unicodedata.decimal(character, None)) is not None:
        return str(value)
    if unicodedata.category(character) == "Pd" or character == "\u2212":
        return "-"
    return {"\u2044": "/", ",": "."}.get(character, character)


def _amount(text: str) -> Fraction | None:
    plain = "".join(_plain(character) for character in text.strip()[:LONGEST_PATTERN])
    fraction = _VALUES.get(plain[-1:])
    whole = plain[:-1].strip() if fraction is not None else plain
    if fraction is not None and not whole:
        return fraction
    match = _NUMBER.fullmatch(whole)
    if match is None or (fraction is not None and not whole.isdecimal()):
        return None
    under = int(match[2]) if match[2] else 1
    if not 1 <= under <= 100 or len(match[1]) > 6:
        return None
    return Fraction(match[1]) / under + (fraction or 0)


def _with_pattern(dose: Dose, parts: list[Fraction]) -> Dose:
    """One part: the morning; two: morning and night; three: morning, noon, night; four: with the evening."""
    morning, *more = parts
    night = more.pop() if more else Fraction(0)
    noon, evening, *_ = [*more, Fraction(0), Fraction(0)]
    return replace(dose, morning=morning, noon=noon, evening=evening, night=night)


def _checked(text: str, dose: Dose) -> Dose:
    if not any(dose.parts) and not dose.single:
        raise BadInput("dose", f"The dose {text!r} is nothing at all.")
    return dose


def _refused(text: str) -> BadInput:
    return BadInput("dose", f"The dose {text!r} is not understood; write it as 1-0-1, 1-0-1-1, ½-0-½, 1 sos or 1 stat.")
