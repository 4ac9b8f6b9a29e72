"""What measures this project: speed, scale, load, curves."""
