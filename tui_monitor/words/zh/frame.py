"""The frame: top line, status line, footer, dialogs, common words."""

WORDS: dict[str, str] = {}
