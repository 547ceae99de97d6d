"""The patients' pages."""

from queue_server.patients import account, attaching, family, follow, history, mine

routes = [*follow.routes, *account.routes, *mine.routes, *attaching.routes, *history.routes, *family.routes]

__all__ = ["routes"]
