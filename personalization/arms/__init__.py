"""Arms: the ways of doing a step that are compared on people's labels, and what each has made."""
