"""Uncertainty: what is drawn again, and how often."""
