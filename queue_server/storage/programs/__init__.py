"""Rows of other programs and their webhooks."""
