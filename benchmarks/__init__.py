"""Measurements of what is shipped: speed and memory, intervals and tests."""
