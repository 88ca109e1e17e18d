"""Board 0: connections, limits, this process."""
