"""The patients' pages."""

from queue_server.patients import (
    account,
    alerting,
    attaching,
    family,
    follow,
    forgotten,
    history,
    logins,
    mine,
    papers,
    verify,
)

routes = [
    *follow.routes,
    *account.routes,
    *mine.routes,
    *attaching.routes,
    *papers.routes,
    *alerting.routes,
    *history.routes,
    *family.routes,
    *forgotten.routes,
    *logins.routes,
    *verify.routes,
]

__all__ = ["routes"]
