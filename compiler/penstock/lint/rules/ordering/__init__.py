"""Rules: ordering."""
