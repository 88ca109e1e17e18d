"""Binance: USDⓈ-M perpetuals (fapi, fstream) and spot (api, stream)."""
