"""Every action, its keys, and why a key does nothing."""
