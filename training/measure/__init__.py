"""The figures of a model, each with its protocol."""
