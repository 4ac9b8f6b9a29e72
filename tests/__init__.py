"""A package by name: other packages, too, bring a top-level `tests`."""
