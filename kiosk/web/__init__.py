"""The touch screen on which a walk-in takes a number."""

from kiosk.web import attaching, keepers, pages, papers, slips, tokens

routes = [*pages.routes, *tokens.routes, *attaching.routes, *papers.routes, *slips.routes, *keepers.routes]

__all__ = ["routes"]
