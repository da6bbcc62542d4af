"""Revision: attributes that are found problematic go back to the extractor, at most twice."""
