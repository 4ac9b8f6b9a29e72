"""Accelerate scripts that train, evaluate and publish the models of `space.models`."""
