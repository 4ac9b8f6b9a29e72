"""The distribution of heights: a model of people on a line, what it makes, and its score on new people."""
