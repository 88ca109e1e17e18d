"""Board 5: open interest over all exchanges."""
