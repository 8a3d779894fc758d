"""One file per survey platform."""
