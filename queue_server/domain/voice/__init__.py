"""Words that are heard: what a recording may be, and how all are made equally long in silence and equally loud."""
