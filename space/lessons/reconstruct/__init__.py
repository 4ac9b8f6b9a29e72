"""One image through one autoencoder, or through the whole family."""
