"""The patients' pages."""

from queue_server.patients import account, alerting, attaching, family, follow, mine

routes = [*follow.routes, *account.routes, *mine.routes, *attaching.routes, *alerting.routes, *family.routes]

__all__ = ["routes"]
