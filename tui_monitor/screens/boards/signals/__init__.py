"""Board 7: spreads that lasted."""
