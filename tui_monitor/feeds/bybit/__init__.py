"""Bybit, API v5: linear perpetuals and spot, public market data only."""
