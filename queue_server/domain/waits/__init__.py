"""Waiting times: how long it will take, and how to say it."""
