"""The boards as they stand on screen: a folder each, and what they share."""
