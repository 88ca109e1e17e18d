"""Benchmarks: ratios to a baseline measured in the same run, never timed tests."""
