"""The same tests on both databases."""

from tests.both_databases import clinic, database_url

__all__ = ["clinic", "database_url"]
