"""Metrics of trained models, each with the protocol that it is measured by."""
