"""What opens over a board: questions, days, columns, the event log, help."""
