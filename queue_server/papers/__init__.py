"""Papers that the clinic hands out, as PDF: made in a worker, so that the event loop goes on meanwhile.

words (what is said) → phrases (a dose) → blocks (shaped text) → sheets (a page) → prescriptions, certificates → making
(the worker). The same content always gives the same bytes.
"""

from __future__ import annotations

from queue_server.papers.making import certificate, prescription
from queue_server.papers.words import LANGUAGES

__all__ = ["LANGUAGES", "certificate", "prescription"]
