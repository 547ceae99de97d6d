"""Which words announce a call, in which languages and in which order. Pure."""
