"""The queue itself: tokens and their states, order, numbers, journal lines."""
