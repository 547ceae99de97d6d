"""The board of a waiting room and its live line."""

from display.web.pages import routes

__all__ = ["routes"]
