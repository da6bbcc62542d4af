"""Answers of judges that programs post over the REST API."""
