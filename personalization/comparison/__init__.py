"""The arms of a study side by side, on people's labels (protocols.md section 2, issue 7)."""
