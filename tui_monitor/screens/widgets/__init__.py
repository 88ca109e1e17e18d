"""What the screens share: the board table, the chart, the frame's lines, the dialogs."""
