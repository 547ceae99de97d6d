"""Whom this machine trusts, for every connection that the server itself opens."""

import ssl
from functools import cache


@cache
def trusted_authorities() -> ssl.SSLContext:
    """The system's authorities, read once: reading them takes longer than a whole request."""
    return ssl.create_default_context()
