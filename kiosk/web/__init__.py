"""The touch screen on which a walk-in takes a number."""

from kiosk.web import attaching, pages, tokens

routes = [*pages.routes, *tokens.routes, *attaching.routes]

__all__ = ["routes"]
