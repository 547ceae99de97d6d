"""Texts of the clinic that stand in several languages: names of departments and rooms, notices, sentences on slips.

The rule for what is missing, in one place: a reader gets the text in his or her own language, else in English, else in
the first language (by its code) in which there is one. Only where there is none at all is the short code shown: a name
in another language still says what is written on the door, and "GEN" says nothing to a patient. Scripts keep to the
same rule in `textIn` of `static/js/shared/texts.js`, a kiosk's keeper in its own `Department.name`.
"""

from __future__ import annotations

from collections.abc import Mapping


def text_in(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, else in English, else the first there is; empty where there is none."""
    return texts.get(language) or texts.get("en") or next((texts[code] for code in sorted(texts) if texts[code]), "")
