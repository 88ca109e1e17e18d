"""Board 6: spreads between the exchanges, and what is in quarantine."""
