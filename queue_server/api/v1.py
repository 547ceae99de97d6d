"""REST v1 for other programs: all operations, a module a subject."""

from __future__ import annotations

from queue_server.api import clinic, devices, documents, journal, patients, tokens, webhooks

OPERATIONS = (
    *tokens.OPERATIONS,
    *clinic.OPERATIONS,
    *patients.OPERATIONS,
    *documents.OPERATIONS,
    *journal.OPERATIONS,
    *webhooks.OPERATIONS,
    *devices.OPERATIONS,
)
