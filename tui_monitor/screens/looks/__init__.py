"""Colours by role, themes, and how numbers and texts stand."""
