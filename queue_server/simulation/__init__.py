"""Clinics that never were, and days that are over: a seeded simulator, and the replay of logs."""
