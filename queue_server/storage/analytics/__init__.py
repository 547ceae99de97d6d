"""Rows of tallies."""
