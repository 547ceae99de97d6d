"""Papers that the clinic hands out, as PDF: made in a worker, so that the event loop goes on meanwhile.

words (what is said) → phrases (a dose) → blocks (shaped text) → sheets (a page) → prescriptions, certificates,
reports → finishing (tags, date) → making (the worker). The same content always gives the same bytes. A slip (`slips`)
is words only: the print agent lays it out.
"""

from __future__ import annotations

from queue_server.papers.making import File, bundle, certificate, poster, prepare, prescription, report
from queue_server.papers.report_parts import Section
from queue_server.papers.words import LANGUAGES

__all__ = ["LANGUAGES", "File", "Section", "bundle", "certificate", "poster", "prepare", "prescription", "report"]
