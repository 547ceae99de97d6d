"""Days added up."""
