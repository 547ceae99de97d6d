"""The desk: the queues side by side, tokens given out and changed by hand, patients registered."""
