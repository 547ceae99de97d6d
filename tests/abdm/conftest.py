"""A served clinic whose gateway is the stand-in."""

from tests.abdm.clinics import abdm, on_both
from tests.both_databases import database_url

__all__ = ["abdm", "database_url", "on_both"]
