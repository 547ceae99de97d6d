"""Queries of the desk and of lists."""
