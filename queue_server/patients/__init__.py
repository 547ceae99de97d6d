"""The patients' pages."""

from queue_server.patients import account, attaching, family, follow, mine, verify

routes = [*follow.routes, *account.routes, *mine.routes, *attaching.routes, *family.routes, *verify.routes]

__all__ = ["routes"]
