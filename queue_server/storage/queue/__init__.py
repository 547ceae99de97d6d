"""Rows of tokens, entries, calls, duties and idempotency keys."""
