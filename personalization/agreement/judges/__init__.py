"""A judge against people, and against itself."""
