"""How a report reads: tallies become figures, charts and tables in the reader's words."""
