"""The patients' pages."""

from queue_server.patients import account, attaching, family, follow, forgotten, logins, mine

routes = [
    *follow.routes,
    *account.routes,
    *mine.routes,
    *attaching.routes,
    *family.routes,
    *forgotten.routes,
    *logins.routes,
]

__all__ = ["routes"]
