"""People: patients and staff."""
