"""Board 3: bars that are unlike those before them."""
