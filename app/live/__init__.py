"""News after commit, and the screens that hear it."""
