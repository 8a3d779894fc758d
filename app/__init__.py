"""Cheerboard: the customer's voice on the office wall."""
