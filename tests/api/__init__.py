"""The API as a program sees it."""
