"""Customers' words on their way to the wall."""
