"""No box stands where a letter should: every text has a glyph in each font that shows it, and shaped ones keep it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uharfbuzz as hb
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont

from kiosk.printing.scripts import LATIN, WEIGHTS, Script, script_of
from queue_server.locale import LANGUAGES, catalogue_path
from queue_server.papers import words
from queue_server.papers.typefaces import clean
from queue_server.paths import STATIC, TEMPLATES

FACE = re.compile(
    r'url\("\.\./(?P<file>[^"]+)"\).*?font-weight: (?P<weight>\d+);.*?unicode-range: (?P<ranges>[^;]+);', re.S
)
RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?")
#: In templates and in scripts.
COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
#: What a shaper writes below a sign that has no letter to stand on.
DOTTED_CIRCLE = 0x25CC


@pytest.mark.parametrize("language", LANGUAGES)
def test_screens_can_show_every_letter_of_every_text(language: str) -> None:
    assert {
        (weight, letter, unicodedata.name(letter, hex(ord(letter))))
        for weight, known in screen_letters().items()
        for letter in letters(texts_in(language))
        if ord(letter) not in known
    } == set()


def test_kiosk_and_display_can_show_what_their_pages_and_scripts_write_themselves() -> None:
    files = [path for part in ("kiosk", "display") for path in (TEMPLATES / part).glob("*.html")]
    files += [path for part in ("kiosk", "display") for path in (STATIC / "js" / part).glob("*.js")]

    found = {
        (path.name, letter)
        for path in files
        for letter in letters([COMMENT.sub("", path.read_text())])
        if ord(letter) not in screen_letters()["400"]
    }

    assert len(files) > 20
    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_slips_and_papers_draw_no_box_and_no_sign_without_its_letter(language: str) -> None:
    texts = [*texts_in(language), *paper_words(language)]
    words_of_all = {word for text in texts for word in clean(text).split()}
    # Papers choose the font by the word, slips by the whole text: that of the language.
    own = script_of(LANGUAGES[language])
    drawn = {(word, script) for word in words_of_all for script in (own, LATIN if word.isascii() else script_of(word))}

    assert {f"{word}: {wrong}" for word, script in drawn for wrong in badly_shaped(word, script, language)} == set()


def test_a_letter_that_no_font_has_would_be_found() -> None:
    assert letters(["a\u4e00"]) - set(map(chr, screen_letters()["400"])) == {"\u4e00"}
    assert badly_shaped("a\u4e00", LATIN, "en") == {"Regular: box for \u4e00", "Bold: box for \u4e00"}
    assert badly_shaped("ि", script_of("ि"), "hi") == {"Regular: no letter under ि", "Bold: no letter under ि"}


def texts_in(language: str) -> list[str]:
    """Every form of every text of the catalogue; of English, the sentences that are the keys of the others."""
    with catalogue_path("hi" if language == "en" else language).open("rb") as file:
        catalogue = read_po(file)
    found = [message.id if language == "en" else message.string for message in catalogue if message.id]
    return [text for forms in found for text in ([forms] if isinstance(forms, str) else forms or ())]


def paper_words(language: str) -> Iterator[str]:
    """Every text in the language's file of words for papers."""

    def within(part: Any) -> Iterator[str]:
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            for inner in part.values():
                yield from within(inner)

    return within(tomllib.loads(Path(words.__file__).with_name(f"{language}.toml").read_text()))


def letters(texts: Iterable[str]) -> set[str]:
    """All that leaves ink or room: no control and format characters, which browsers hide without a glyph."""
    return {letter for text in texts for letter in text if not unicodedata.category(letter).startswith("C")}


@cache
def screen_letters() -> dict[str, set[int]]:
    """What the screens' fonts show by weight: a font is asked only for the range that the style sheet gives it."""
    known = dict[str, set[int]]()
    for face in (STATIC / "css/fonts.css").read_text().split("@font-face")[1:]:
        found = FACE.search(face)
        assert found is not None, face
        ranges = [(int(first, 16), int(last or first, 16)) for first, last in RANGE.findall(found["ranges"])]
        points = TTFont(STATIC / found["file"]).getBestCmap()
        known.setdefault(found["weight"], set()).update(
            point for point in points if any(first <= point <= last for first, last in ranges)
        )
    return known


def badly_shaped(text: str, script: Script, language: str) -> set[str]:
    """Letters of the text for which the shaper finds no glyph in the script's fonts, or no letter to carry them."""
    found = set[str]()
    for weight in WEIGHTS:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.language = language
        font, circle = shaper(script, weight)
        hb.shape(font, buffer)
        for glyph in buffer.glyph_infos:
            if glyph.codepoint == 0:
                found.add(f"{weight}: box for {text[glyph.cluster]}")
            elif glyph.codepoint == circle and chr(DOTTED_CIRCLE) not in text:
                found.add(f"{weight}: no letter under {text[glyph.cluster]}")
    return found


@cache
def shaper(script: Script, weight: str) -> tuple[hb.Font, int | None]:
    """The script's font, and its glyph for a sign without a letter."""
    font = hb.Font(hb.Face(script.path(weight).read_bytes()))
    return font, font.get_nominal_glyph(DOTTED_CIRCLE)
