"""The one screen: its frame, the board on it, and what keys set going."""
