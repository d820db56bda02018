"""Rules: dead letters."""
