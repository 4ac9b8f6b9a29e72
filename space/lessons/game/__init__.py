"""The GAN game in the plane, trained in the visitor's browser."""
