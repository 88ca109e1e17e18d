"""Bitget: REST v2 (classic), streams v3 (UTA); public market data only."""
