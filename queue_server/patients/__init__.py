"""The patients' pages."""

from queue_server.patients import account, family, follow, mine

routes = [*follow.routes, *account.routes, *mine.routes, *family.routes]

__all__ = ["routes"]
