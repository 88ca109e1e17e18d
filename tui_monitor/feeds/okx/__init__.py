"""OKX, API v5: public market data only."""
