"""Unhappy customers who are rung back: a case each, with an owner, a promise and an end."""
