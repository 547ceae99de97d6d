"""The clinic as it is set up and as it stands."""
