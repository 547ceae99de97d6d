"""Which words announce a call, in which languages and in which order. Pure."""

from display.announcing.sentences import announcement

__all__ = ["announcement"]
