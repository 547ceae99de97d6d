"""What screens show, put together from all subjects."""
