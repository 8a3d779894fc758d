"""Why customers say what they say: themes, counted each night."""
