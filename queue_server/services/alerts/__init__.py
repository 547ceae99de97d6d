"""Messages to patients: who wants which, what causes them, sending them."""
