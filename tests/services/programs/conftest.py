"""A served clinic that takes part in ABDM, beside the clinics of the services' tests."""

from tests.abdm.clinics import abdm, on_both

__all__ = ["abdm", "on_both"]
