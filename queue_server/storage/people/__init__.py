"""Rows of staff and patients."""
