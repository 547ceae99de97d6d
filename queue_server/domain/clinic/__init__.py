"""The clinic: its departments, rooms, hours, roster and displays."""
