"""Samples out of noise, walks between them, and arithmetic with them."""
