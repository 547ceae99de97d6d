"""The kiosk: its touch pages, the slips that it prints, and the agent that runs beside the printer."""
