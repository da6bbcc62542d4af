"""Runs of arms: many people or queries at once, within a budget; killed and carried on."""
