"""The patients' pages."""

from queue_server.patients import (
    account,
    attaching,
    family,
    follow,
    forgotten,
    history,
    logins,
    mine,
    verify,
)

routes = [
    *follow.routes,
    *account.routes,
    *mine.routes,
    *attaching.routes,
    *history.routes,
    *family.routes,
    *forgotten.routes,
    *logins.routes,
    *verify.routes,
]

__all__ = ["routes"]
