"""Giving out tokens, calling them, and what becomes of them."""
