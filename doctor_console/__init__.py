"""The doctor's console."""
