"""The writing systems that a slip can be printed in. A new one is one entry here and one run of `scripts/fonts`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
WEIGHTS = ("Regular", "Bold")


@dataclass(frozen=True)
class Script:
    """A writing system, its characters, and its font."""

    #: Name of the bundled font family.
    family: str
    #: File name of the Noto font it is made from, without weight and extension.
    source: str
    #: First and last code point of each block that makes a text one of this script.
    ranges: tuple[tuple[int, int], ...]
    #: Distance between baselines as a multiple of the size; scripts that stack marks need more.
    leading: float = 1.3
    #: Language → tag of its letters in the font, where they differ from what the script has by default.
    own_shapes: Mapping[str, str] = field(default_factory=dict, hash=False)

    def path(self, weight: str) -> Path:
        """Where the font file of a weight lies."""
        return FONTS / f"{self.family.replace(' ', '')}-{weight}.ttf"

    def count(self, text: str) -> int:
        """How many characters of the text belong to this script."""
        return sum(any(first <= ord(character) <= last for first, last in self.ranges) for character in text)


LATIN = Script(
    family="Smart Queue Sans",
    source="NotoSans",
    ranges=(
        (0x20, 0x7E),
        (0xA0, 0x17F),
        (0x2010, 0x2026),
        (0x2032, 0x2033),
        (0x20AC, 0x20AC),
        (0x20B9, 0x20B9),
        (0x2212, 0x2212),
    ),
)

#: Urdu's letters only: the whole Arabic block would be twice as large.
URDU = Script(
    family="Smart Queue Naskh",
    source="NotoNaskhArabic",
    ranges=(
        (0x0600, 0x061F),
        (0x0621, 0x063A),
        (0x0640, 0x065F),
        (0x0660, 0x066D),
        *((point, point) for point in (0x670, 0x679, 0x67E, 0x686, 0x688, 0x691, 0x698, 0x6A9, 0x6AF, 0x6BA, 0x6BE)),
        *((0x06C1, 0x06C3), (0x06CC, 0x06CC), (0x06D2, 0x06D4), (0x06F0, 0x06F9)),
    ),
    leading=1.6,
)

#: The full stops that most Indic scripts share.
DANDAS = (0x0964, 0x0965)

#: Every script beside Latin. Each font holds the Latin characters as well, so mixed text needs no second font.
SCRIPTS = (
    Script(
        family="Smart Queue Sans Devanagari",
        source="NotoSansDevanagari",
        ranges=((0x0900, 0x097F), (0x1CD0, 0x1CFA), (0xA8E0, 0xA8FF)),
        leading=1.4,
        # Marathi and Nepali write ल, श and some others in their own way.
        own_shapes={"mr": "MAR ", "ne": "NEP "},
    ),
    Script("Smart Queue Sans Bengali", "NotoSansBengali", ((0x0980, 0x09FF), DANDAS), leading=1.4),
    Script("Smart Queue Sans Gujarati", "NotoSansGujarati", ((0x0A80, 0x0AFF), DANDAS), leading=1.4),
    Script("Smart Queue Sans Tamil", "NotoSansTamil", ((0x0B80, 0x0BFF), DANDAS), leading=1.4),
    Script("Smart Queue Sans Telugu", "NotoSansTelugu", ((0x0C00, 0x0C7F), DANDAS), leading=1.5),
    Script("Smart Queue Sans Kannada", "NotoSansKannada", ((0x0C80, 0x0CFF), DANDAS), leading=1.5),
    URDU,
)


def script_of(text: str) -> Script:
    """The script whose font can show the text: the one most of its characters belong to, else Latin.

    The text decides, not the language of the slip: a clinic's English name on a Hindi slip stays in Latin. Characters
    that no bundled font knows print as an empty box; what is in Latin, such as the number, is always right.
    """
    best = max(SCRIPTS, key=lambda script: script.count(text))
    return best if best.count(text) else LATIN
