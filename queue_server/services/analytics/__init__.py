"""Reports on days that are over, and figures of today."""
