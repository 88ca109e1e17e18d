"""The command palette: its words, what completes them."""
