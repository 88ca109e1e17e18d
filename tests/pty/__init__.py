"""The terminal program in a real terminal."""
