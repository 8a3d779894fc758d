"""What a comment says, and what of it may be shown. Pure."""
