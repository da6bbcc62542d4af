"""The REST API, for researchers' programs; docs/api.md tells its story."""
