"""Goodfellow's tree of densities: every family on the same points, beside the true density."""
