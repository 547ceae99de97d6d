"""Rows of the clinic's configuration."""
