"""Board 9: what history has, backfill and its queue."""
