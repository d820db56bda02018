"""Text, places in it, and YAML: the only layer that reads the user's files."""
