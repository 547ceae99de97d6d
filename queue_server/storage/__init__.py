"""Rows on SQLite or PostgreSQL: tables, the store with its transactions, and one module of queries per subject."""
