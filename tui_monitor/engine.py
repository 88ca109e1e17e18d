"""Placeholder docstring; replaced when the engine is wired."""
