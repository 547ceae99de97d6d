"""REST v1 for other programs: all operations, a module a subject."""

from __future__ import annotations

from queue_server.api import clinic, devices, displays, documents, duties, journal, patients, plans, tokens, webhooks

OPERATIONS = (
    # Before the tokens, of which any other word behind a token's id is an action.
    *documents.OPERATIONS,
    *tokens.OPERATIONS,
    *clinic.OPERATIONS,
    *plans.OPERATIONS,
    *duties.OPERATIONS,
    *patients.OPERATIONS,
    *journal.OPERATIONS,
    *webhooks.OPERATIONS,
    *devices.OPERATIONS,
    *displays.OPERATIONS,
)
