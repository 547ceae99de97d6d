"""A text that takes for ever to draw harms its own paper and nobody else's."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from reportlab.platypus import Spacer

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.domain.errors import PaperFailed
from queue_server.papers import Section
from queue_server.papers.blocks import Look, said
from queue_server.papers.making import Worker
from queue_server.papers.sheets import Sheet
from queue_server.papers.typefaces import parted
from tests.papers.examples import NOW

WORDS = ("x", "क्षि", "ஸ்ரீ", "ڈاکٹر")


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.end()


def a_report(worker: Worker, text: str = "Good morning") -> bytes:
    return worker.make("report", ("Report", [Section("Heading", text)], Letterhead("Clinic"), "", "en", NOW))


@pytest.mark.parametrize("word", WORDS)
def test_the_work_of_parting_a_word_grows_with_its_length_and_not_faster(word: str) -> None:
    def measured(length: int) -> int:
        total = 0

        def measure(part: str) -> float:
            nonlocal total
            total += len(part)
            return float(len(part))

        assert parted(word * (length // len(word)), 50, measure).replace(" ", "") == word * (length // len(word))
        return total

    assert measured(16_000) < 2.5 * measured(8_000)


@pytest.mark.parametrize("word", WORDS)
def test_a_parted_word_is_torn_at_no_letter_and_fills_its_lines(word: str) -> None:
    pieces = parted(word * 300, 50, len).split(" ")

    assert "".join(pieces) == word * 300
    assert all(40 <= len(piece) <= 50 for piece in pieces[:-1])


@pytest.mark.parametrize("word", WORDS)
def test_a_text_of_eight_thousand_letters_without_a_space_is_drawn(word: str) -> None:
    sheet = Sheet((400, 600), 20, Letterhead(""), "", "en")

    pdf = sheet.pdf([Spacer(0, 10), said(word * (8_000 // len(word)), Look(9))])

    assert pdf.startswith(b"%PDF-")


def test_a_paper_that_takes_too_long_is_given_up_and_the_next_one_is_made(worker: Worker) -> None:
    assert a_report(worker).startswith(b"%PDF-")
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)  # whatever keeps it: it does not answer
    worker.longest_s = 0.2

    with pytest.raises(PaperFailed):
        a_report(worker)

    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    worker.longest_s = 30.0
    assert a_report(worker).startswith(b"%PDF-")


def test_a_worker_that_died_meanwhile_is_replaced_without_anybody_noticing(worker: Worker) -> None:
    a_report(worker)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    os.waitpid(worker.pid, 0)

    assert a_report(worker).startswith(b"%PDF-")


def test_a_paper_that_cannot_be_drawn_is_an_error_and_the_worker_goes_on(worker: Worker) -> None:
    with pytest.raises(PaperFailed):
        worker.make("report", ("Report", [None], Letterhead("Clinic"), "", "en", NOW))

    assert a_report(worker).startswith(b"%PDF-")


def test_a_paper_of_the_worker_is_the_same_at_each_time(worker: Worker) -> None:
    assert a_report(worker, "नमस्ते") == a_report(worker, "नमस्ते")
