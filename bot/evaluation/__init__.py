"""Measure the real understanding on sentences it has never seen."""
