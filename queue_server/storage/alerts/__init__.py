"""Rows of messages and of who wants them."""
