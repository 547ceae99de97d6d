"""Prescriptions, certificates and documents."""
