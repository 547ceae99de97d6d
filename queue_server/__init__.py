"""Smart Queue: numbers, calls and honest waiting times for clinics."""

__version__ = "0.1.0"
