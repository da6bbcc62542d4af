"""Answers as numbers: correlation, error and bias of a judge, systems, strata by disagreement."""
