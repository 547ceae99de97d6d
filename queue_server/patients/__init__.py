"""The patients' pages."""

from queue_server.patients import account, attaching, family, follow, history, mine, verify

routes = [
    *follow.routes,
    *account.routes,
    *mine.routes,
    *attaching.routes,
    *history.routes,
    *family.routes,
    *verify.routes,
]

__all__ = ["routes"]
