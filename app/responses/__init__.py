"""What customers answered, and every change of it."""
