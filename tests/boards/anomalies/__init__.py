"""The anomalies board."""
