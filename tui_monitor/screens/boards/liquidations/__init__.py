"""Board 2: liquidations by the minute, and the largest orders."""
