"""Stated certainty: what abstaining would buy, and whether certainty means anything."""
