"""One file per TV scene."""
