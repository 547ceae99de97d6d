"""A served clinic that takes part in ABDM."""

from tests.abdm.clinics import abdm

__all__ = ["abdm"]
