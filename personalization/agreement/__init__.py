"""Statistics of agreement: pure kernels on coded arrays, no Django, no names, no files."""
