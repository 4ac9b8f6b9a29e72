"""A picture into the other domain and back, and what both discriminators say of it."""
