"""Extraction: what a conversation tells about a person, in sentences that the person then checks."""
