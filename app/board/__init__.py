"""What a wall shows, and when."""
