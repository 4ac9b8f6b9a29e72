"""Pixel by pixel: an exact density plays, completes and judges binary digits."""
