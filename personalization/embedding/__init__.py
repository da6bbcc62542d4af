"""Embeddings of texts: one interface, whether an endpoint, a model on disk or word counts make them."""
