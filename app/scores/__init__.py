"""Counts, scores and ranks."""
