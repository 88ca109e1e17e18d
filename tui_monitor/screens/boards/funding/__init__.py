"""Board 8: funding rates by coin and exchange."""
