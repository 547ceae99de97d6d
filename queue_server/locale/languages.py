"""The languages of the program: one entry each, and nothing about a language stands anywhere else.

What patients meet exists in all of them; the pages of staff in those marked so. Voices and papers have files of their
own by the same codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Plural rules as gettext writes them; those of CLDR, for two forms.
ONE_ONLY = "n != 1"
ZERO_AND_ONE = "n > 1"


@dataclass(frozen=True, slots=True)
class Language:
    """A language: what it calls itself, how it is written, and how its counts are put into words."""

    code: str
    #: What it calls itself, in its own script.
    name: str
    #: The name of its script in Unicode.
    script: str
    #: The bundled font's name without weight: `static/fonts/noto-sans-bengali-regular.woff2`.
    font: str
    #: For which counts the second plural form is taken.
    plural: str
    #: The tag of a voice that speaks it (BCP 47).
    voice: str
    #: A letter by which its readers know it at a glance, on a tile of the kiosk; no two languages have the same.
    letter: str
    direction: str = "ltr"
    #: Whether the pages of staff exist in it.
    is_for_staff: bool = False

    @property
    def plural_forms(self) -> str:
        """The rule as the header of a catalogue has it."""
        return f"nplurals=2; plural=({self.plural});"


_LIST = (
    Language("en", "English", "Latin", "noto-sans", ONE_ONLY, "en-IN", "A", is_for_staff=True),
    Language("hi", "हिन्दी", "Devanagari", "noto-sans-devanagari", ZERO_AND_ONE, "hi-IN", "अ", is_for_staff=True),
    Language("bn", "বাংলা", "Bengali", "noto-sans-bengali", ZERO_AND_ONE, "bn-IN", "অ"),
    Language("mr", "मराठी", "Devanagari", "noto-sans-devanagari", ONE_ONLY, "mr-IN", "ळ"),
    Language("te", "తెలుగు", "Telugu", "noto-sans-telugu", ONE_ONLY, "te-IN", "తె"),
    Language("ta", "தமிழ்", "Tamil", "noto-sans-tamil", ONE_ONLY, "ta-IN", "த"),
    Language("gu", "ગુજરાતી", "Gujarati", "noto-sans-gujarati", ZERO_AND_ONE, "gu-IN", "ગ"),
    Language("kn", "ಕನ್ನಡ", "Kannada", "noto-sans-kannada", ZERO_AND_ONE, "kn-IN", "ಕ"),
    Language("ur", "اردو", "Arabic", "noto-naskh-arabic", ONE_ONLY, "ur-IN", "ٹ", direction="rtl"),
)

#: By code; English, whose sentences are the keys of all others, is the first.
ALL: Mapping[str, Language] = {language.code: language for language in _LIST}
