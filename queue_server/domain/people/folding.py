"""Names as they are looked for: large and small letters alike, without accents, strokes and apostrophes."""

from __future__ import annotations

import unicodedata

#: Whatever a keyboard, a phone or a word processor puts where an apostrophe is meant; many leave it out.
_APOSTROPHES = str.maketrans(dict.fromkeys("'\u2018\u2019\u201b\u02bc\u02bb\u02b9\u2032\uff07\u00b4`"))

#: Letters with a stroke or without a dot, which Unicode does not take apart.
_STROKES = str.maketrans("łøđħŧıɨʉ", "lodhtiiu")

#: Scripts whose marks are accents; the vowel signs of Hindi and its sisters are marks too, and are letters.
_ACCENTED = ("LATIN", "GREEK", "CYRILLIC")


def folded(text: str) -> str:
    """The text in NFKC and casefolded (Unicode Standard, 3.13), without accents and apostrophes, with single spaces.

    Two names that people hold for the same are equal; a part of a name is found in it.
    """
    parts: list[str] = []
    is_accented = False
    for character in unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)):
        if not unicodedata.category(character).startswith("M"):
            is_accented = unicodedata.name(character, "").startswith(_ACCENTED)
            parts.append(character)
        elif not is_accented:
            parts.append(character)
    plain = unicodedata.normalize("NFKC", "".join(parts).casefold()).translate(_APOSTROPHES).translate(_STROKES)
    return " ".join(plain.split())
