"""Rules: template."""
