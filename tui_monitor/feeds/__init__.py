"""The outside world: one package an exchange, and what is written once for all of them."""
