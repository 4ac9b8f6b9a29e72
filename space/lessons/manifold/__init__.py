"""Maps of two-dimensional latent spaces, and a 20-dimensional one by its sliders."""
