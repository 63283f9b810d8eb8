"""Kite's own parts of the assistant; they run on Python 3.10, inside Rasa's process."""
