"""Other programs: what their keys may open, and what they are told."""
