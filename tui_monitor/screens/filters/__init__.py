"""What `/` understands, and the help while it is typed."""
