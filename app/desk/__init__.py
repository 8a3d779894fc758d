"""The pages that join features."""
