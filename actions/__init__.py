"""Kite's actions: each turns one decision of the assistant into one effect for the worker to apply; never prose."""
