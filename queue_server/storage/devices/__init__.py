"""Rows of devices and print jobs."""
