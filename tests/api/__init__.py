"""The REST endpoint over real loopback sockets."""
