"""The patients' pages."""

<<<<<<< HEAD
from queue_server.patients import account, family, follow, history, mine

routes = [*follow.routes, *account.routes, *mine.routes, *history.routes, *family.routes]
=======
from queue_server.patients import account, attaching, family, follow, mine

routes = [*follow.routes, *account.routes, *mine.routes, *attaching.routes, *family.routes]
>>>>>>> main

__all__ = ["routes"]
