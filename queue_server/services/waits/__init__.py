"""Waiting times of the departments as they stand."""
