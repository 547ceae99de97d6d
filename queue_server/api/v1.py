"""REST v1 for other programs: all operations, a module a subject."""

from __future__ import annotations

from queue_server.api import clinic, devices, documents, journal, patients, plans, tokens, webhooks

OPERATIONS = (
    *tokens.OPERATIONS,
    *clinic.OPERATIONS,
    *plans.OPERATIONS,
    *patients.OPERATIONS,
    *documents.OPERATIONS,
    *journal.OPERATIONS,
    *webhooks.OPERATIONS,
    *devices.OPERATIONS,
)
