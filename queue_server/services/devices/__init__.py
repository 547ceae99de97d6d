"""Enrolled machines and printing."""
