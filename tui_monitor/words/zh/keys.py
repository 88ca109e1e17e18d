"""Keys and actions, the key help, the palette, the column chooser, filters."""

WORDS: dict[str, str] = {}
