"""Latent quantities: strengths of systems, the truth behind raters, shares corrected for errors."""
