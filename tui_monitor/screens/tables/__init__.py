"""How a table is arranged, and what of it is shown."""
