"""What turns a bare device into a wall screen. Nothing in here is imported by the server."""
