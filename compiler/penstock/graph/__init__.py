"""Questions about the whole topology, each linear in its size."""
