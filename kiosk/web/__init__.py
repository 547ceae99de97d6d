"""The touch screen on which a walk-in takes a number."""

from kiosk.web import pages, tokens

routes = [*pages.routes, *tokens.routes]

__all__ = ["routes"]
