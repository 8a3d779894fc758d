"""Who is celebrated, and why."""
