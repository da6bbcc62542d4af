"""How well people do themselves, and whether a judge does as well on the same rows."""
