"""The patients' pages."""

from queue_server.patients import account, attaching, family, follow, mine

routes = [*follow.routes, *account.routes, *mine.routes, *attaching.routes, *family.routes]

__all__ = ["routes"]
