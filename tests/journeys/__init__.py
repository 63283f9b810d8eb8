"""Journeys: what a person lives through, over each channel's own wire format."""
