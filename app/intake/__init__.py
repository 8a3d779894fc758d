"""From a platform's delivery to an answer."""
