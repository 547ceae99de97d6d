"""Accounts of staff and patients."""
