"""A sign of its own for each department: an icon guessed from its name, and a colour that no other one has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

ICONS = (
    *("general", "dental", "ent", "lab", "medicine", "child", "eye", "bone", "maternity", "heart"),
    *("person", "star", "sun", "document"),
)
COLOURS = ("teal", "blue", "amber", "violet", "rose", "green", "brick", "slate")

#: Icons that say nothing, for departments whose names say nothing to us.
_NEUTRAL = ("general", "person", "star", "sun", "document")

#: Icon → how words of such a department's name begin, in English and Hindi; `$` ends a word. The first that fits is it.
_BEGINNINGS: Mapping[str, tuple[str, ...]] = {
    "dental": ("dent", "tooth", "teeth", "oral", "दाँत", "दांत", "दंत"),
    "ent": ("ent$", "ear$", "nose", "throat", "otorhino", "otolaryn", "कान", "नाक"),
    "lab": ("lab", "patholog", "sample", "blood", "प्रयोगशाला", "खून"),
    "medicine": ("pharm", "dispens", "chemist", "drug", "दवा", "औषध"),
    "maternity": ("obstet", "gyn", "antenatal", "anc$", "matern", "mother", "pregnan", "प्रसू", "स्त्री", "माँ", "जच्चा"),
    "child": ("child", "paed", "pediat", "infant", "vaccin", "immuni", "बच्च", "बाल", "शिशु", "टीका"),
    "eye": ("eye", "ophthal", "optom", "vision", "आँख", "आंख", "नेत्र"),
    "bone": ("ortho", "bone", "joint", "fractur", "physio", "हड्डी", "अस्थि"),
    "heart": ("heart", "cardi", "hypertens", "हृदय", "दिल"),
}

#: The colour that an icon takes when it is free.
_COLOUR_OF: Mapping[str, str] = {
    "general": "teal",
    "dental": "blue",
    "ent": "amber",
    "lab": "violet",
    "medicine": "green",
    "maternity": "rose",
    "child": "amber",
    "eye": "slate",
    "bone": "brick",
    "heart": "rose",
}


def sign_for(names: Collection[str], taken: Collection[tuple[str, str]]) -> tuple[str, str]:
    """Icon and colour for a department with these names; `taken` are the others'.

    A name that tells nothing gets an icon that no other department has, while there is one. The colour is the least
    used, of equals the icon's own.
    """
    icon = _guessed(" ".join(names)) or _first_free(_NEUTRAL, [icon for icon, _ in taken])
    used = Counter(colour for _, colour in taken)
    own = _COLOUR_OF.get(icon, COLOURS[0])
    return icon, min(COLOURS, key=lambda colour: (used[colour], colour != own, COLOURS.index(colour)))


def _guessed(name: str) -> str | None:
    for icon, beginnings in _BEGINNINGS.items():
        patterns = "|".join(re.escape(one.rstrip("$")) + (r"(?!\w)" if one.endswith("$") else "") for one in beginnings)
        if re.search(rf"(?<!\w)(?:{patterns})", name, re.IGNORECASE):
            return icon
    return None


def _first_free(icons: Collection[str], taken: Collection[str]) -> str:
    return next((icon for icon in icons if icon not in taken), next(iter(icons)))
