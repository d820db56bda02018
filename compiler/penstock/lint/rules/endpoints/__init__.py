"""Rules: endpoints."""
