"""Rows of what was learned and promised."""
