"""Rules: graph."""
