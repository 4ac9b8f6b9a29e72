"""Benchmarks of this project: speed, scale, load, learning curves."""
