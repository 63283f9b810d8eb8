"""Kite: answers the questions of children and families on the move, and puts a child in danger before a human."""
