"""Generation: responses to queries under a condition, what they give away, and pairs to compare."""
