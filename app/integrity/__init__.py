"""Signals for leads that a number may be gamed; they never change a score."""
