"""Enrolled machines and what they print."""
