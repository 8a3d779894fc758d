"""The TVs: tokens, reports, commands."""
