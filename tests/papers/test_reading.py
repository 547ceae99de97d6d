"""Papers as programs read them: what is copied, searched and read aloud is what was typed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from io import BytesIO
from itertools import chain
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.platypus import Spacer

from queue_server import papers
from queue_server.charts import Heading, Series, bars
from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.papers import Section, glyph_letters
from queue_server.papers.blocks import Look, ShapedText, said
from queue_server.papers.certificates import certificate_pdf
from queue_server.papers.phrases import phrase
from queue_server.papers.prescriptions import prescription_pdf
from queue_server.papers.sheets import Sheet
from queue_server.papers.words import LANGUAGES, words
from tests.papers.examples import LETTERHEAD, LINES, NAMES, NOW, a_certificate, a_prescription
from tests.papers.pictures import pages, texts
from tests.papers.test_shaping import SENTENCES

#: Of Unicode's bidirectional algorithm; pdftotext puts them round each run.
_MARKS = dict.fromkeys(range(0x202A, 0x202F))
_PDFTOTEXT = shutil.which("pdftotext")


@cache
def the_paper(language: str) -> bytes:
    return prescription_pdf(a_prescription(language), LETTERHEAD, language)


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def typed(language: str) -> list[str]:
    """What stands on the paper in its language."""
    known = words(language)
    handed_out = [known.form("tablet"), known.count("tablet", Fraction(10))]
    return [
        *(phrase(line, known) for line in LINES),
        *handed_out,
        NAMES[language],
        known["prescription"],
        known["scan"],
    ]


def plain(text: str) -> str:
    return " ".join(text.translate(_MARKS).split())


def without_actual_text(pdf: bytes) -> bytes:
    """The paper for readers that know only the letters behind the glyphs (findings/pdf-actualtext-ignored.sh)."""
    document = opened(pdf)
    for page in document.pages:
        shown = pikepdf.parse_content_stream(page)
        silent = pikepdf.ContentStreamInstruction([pikepdf.Name.Span], pikepdf.Operator("BMC"))
        kept = [silent if one.operands and one.operands[0] == "/Span" else one for one in shown]
        page.Contents = document.make_stream(pikepdf.unparse_content_stream(kept))
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def joined(text: str) -> str:
    """Without spaces, which such readers also see between letters that stand apart."""
    return "".join(unicodedata.normalize("NFC", text.translate(_MARKS)).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_finds_what_was_typed(language: str) -> None:
    (read,) = texts(the_paper(language))

    for text in typed(language):
        assert plain(text) in plain(read)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_that_ignores_actual_text_finds_what_was_typed(language: str) -> None:
    (read,) = texts(without_actual_text(the_paper(language)))

    for text in typed(language):
        assert joined(text) in joined(read)


@pytest.mark.parametrize("language", SENTENCES)
def test_the_letters_behind_shaped_glyphs_are_those_that_were_typed(language: str) -> None:
    (read,) = texts(without_actual_text(a_sheet(SENTENCES[language])))

    assert joined(SENTENCES[language]) in joined(read)


def test_where_codes_for_letters_have_run_out_a_text_looks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "द्ध्र्यि ङ्क्त्व्यि"
    with monkeypatch.context() as without:
        without.setattr(glyph_letters, "_LAST", 0)
        (bare,) = pages(a_sheet(text), scale=2)

    (lettered,) = pages(a_sheet(text), scale=2)

    assert bare.tobytes() == lettered.tobytes()


def a_sheet(text: str) -> bytes:
    return Sheet((1000, 320), 20, Letterhead(""), "", "en").pdf([said(text, Look(12))])


@pytest.mark.skipif(
    _PDFTOTEXT is None and os.environ.get("QUEUE_REQUIRE_ALL") != "1", reason="poppler-utils is not installed"
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pdftotext_finds_what_was_typed(language: str) -> None:
    assert _PDFTOTEXT, "pdftotext is required and missing: install Debian's package poppler-utils."
    told = subprocess.run([_PDFTOTEXT, "-raw", "-", "-"], input=the_paper(language), capture_output=True, check=True)

    for text in typed(language):
        # On a page that is mostly English it leaves out spaces where the direction changes, and moves Urdu's comma.
        assert re.sub("[ ،]", "", plain(text)) in re.sub("[ ،]", "", plain(told.stdout.decode()))


@pytest.mark.parametrize("run", ["1-0-0", "22-11-2026", "1/2-0-1", "250"])
def test_numbers_in_urdu_are_read_in_their_order(run: str) -> None:
    sheet = Sheet((1000, 320), 20, Letterhead(""), "", "ur")

    (read,) = texts(sheet.pdf([Spacer(0, 40), said(f"کمرہ {run} کھانے", Look(20))]))

    assert f"کمرہ {run} کھانے" in plain(read)


def test_what_goes_on_overleaf_is_read_to_its_end() -> None:
    sentences = [f"{number} {SENTENCES[language]}" for number in range(60) for language in ("hi", "ta", "ur")]
    text = "\n\n".join([" ".join(sentences[:90]), *sentences[90:]])
    pdf = certificate_pdf(a_certificate(text=text), LETTERHEAD, "hi")

    read = plain(" ".join(texts(pdf)))

    assert len(texts(pdf)) > 2
    for word in {word for sentence in sentences for word in sentence.split()}:
        assert word in read


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab दि्नि रূগmமி\u00a0\u200d\n"), max_size=60), st.sampled_from([20, 60, 400]))
def test_every_line_is_known_to_have_its_words(text: str, width: int) -> None:
    block = ShapedText(text, Look(10))
    block.wrap(width, 10_000)
    assert block._made  # noqa: SLF001
    made = block._made[1]  # noqa: SLF001

    lines = made.line_words() if made.words else []

    assert len(lines) <= len(made.blPara.lines)
    assert re.sub(r"\s", "", "".join(chain(*lines))) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_tells_its_language_title_and_moment(language: str) -> None:
    with opened(the_paper(language)) as pdf:
        assert str(pdf.Root.Lang) == language
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo.Title) == "Prescription 7"
        assert str(pdf.docinfo.CreationDate) == "D:20261122051200+00'00'"


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_fonts_are_in_the_file(language: str) -> None:
    with opened(the_paper(language)) as pdf:
        described = [thing for thing in pdf.objects if _is_a(thing, "/FontDescriptor")]
        fonts = [thing for thing in pdf.objects if _is_a(thing, "/Font")]

        assert len(described) == len(fonts) > 0
        assert all("/FontFile2" in font for font in described)


def _is_a(thing: Any, kind: str) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == kind


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every element of the structure, parents first."""
    waiting = [pdf.Root.StructTreeRoot.K]
    while waiting:
        element = waiting.pop(0)
        yield element
        waiting = [kid for kid in element.K if "/S" in kid] + waiting


def of_kind(pdf: pikepdf.Pdf, kind: str) -> list[Any]:
    return [element for element in elements(pdf) if f"/{kind}" == element.S]


def test_everything_on_a_page_has_its_place_in_the_structure() -> None:
    long = prescription_pdf(a_prescription("hi", lines=LINES * 6), LETTERHEAD, "hi")
    with opened(long) as pdf:
        assert pdf.Root.MarkInfo.Marked
        (heading,) = of_kind(pdf, "H1")
        assert "/Lang" not in heading
        kids = [kid for element in elements(pdf) for kid in element.K if "/MCID" in kid]
        assert [len(of_kind(pdf, kind)) for kind in ("Table", "TR")] == [1, 1 + 2 * 18]
        told = [(kid.Pg.objgen, int(kid.MCID)) for kid in kids]
        drawn = [(page.obj.objgen, number) for page in pdf.pages for number in _numbers(page)]

        assert sorted(told) == sorted(drawn)
        assert len(set(drawn)) == len(drawn)


def _numbers(page: pikepdf.Page) -> list[int]:
    commands: list[Any] = list(pikepdf.parse_content_stream(page))
    return [int(given[1].MCID) for given, name in commands if str(name) == "BDC" and "/MCID" in given[1]]


def test_pictures_say_what_they_show() -> None:
    with opened(the_paper("hi")) as pdf:
        (code,) = of_kind(pdf, "Figure")

        assert str(code.Alt).startswith("https://queue.example/verify/")


async def test_a_report_has_headings_tables_and_described_charts() -> None:
    days = Section("Days", headings=["Day", "Patients"], rows=[["Monday", "12"], ["Tuesday", "9"]])
    chart = bars(Heading("x", "Patients by day", "Most come on Monday."), ["Mon", "Tue"], [Series("All", [12, 9])])

    with opened(await papers.report("Week", [days, Section("Chart", chart=chart)], LETTERHEAD, made_at=NOW)) as pdf:
        assert [len(of_kind(pdf, kind)) for kind in ("H1", "H2", "Table", "TR", "TH", "TD")] == [1, 2, 1, 3, 2, 4]
        (figure,) = of_kind(pdf, "Figure")
        assert str(figure.Alt) == "Patients by day. Most come on Monday."
        assert str(pdf.docinfo.CreationDate) == "D:20261122051200+00'00'"


def test_a_reader_aloud_gets_urdu_from_the_structure() -> None:
    with opened(the_paper("ur")) as pdf:
        told = [str(element.ActualText) for element in elements(pdf) if "/ActualText" in element]

    assert plain(phrase(LINES[0], words("ur"))) in told
    assert "Paracetamol" not in "".join(told)
