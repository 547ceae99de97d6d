"""Other programs: their keys, webhooks and the journal."""
