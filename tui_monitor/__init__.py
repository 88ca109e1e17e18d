"""A terminal live monitor for crypto perpetuals."""

__version__ = "0.1.0"
