"""From noise to a digit: one trajectory to scrub, a visitor's own digit, and what is erased of it."""
