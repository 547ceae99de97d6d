"""Rows of records and documents, and their encryption."""
