"""Pairing: which queries a person's attributes are put beside, by the rules of a study's plan."""
