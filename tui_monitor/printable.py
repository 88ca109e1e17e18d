"""The one door through which text from outside becomes displayable.

Terminals obey what they print: an escape sequence in an exchange's notice could write the
clipboard, and Textual does not filter any of it. Whatever a remote party or a file says goes
through `printable()` before it is shown, logged or served.
"""

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_COMBINING = frozenset({"Mn", "Mc", "Me"})
_MAX_COMBINING_IN_A_ROW = 2
# Wide emoji modifiers that terminals measure differently from each other.
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def printable(text: str, limit: int = 40) -> str:
    """Text that can't move a cursor, change a colour or hide: at most `limit` characters.

    Controls, formats (bidi, zero width), surrogates, private and unassigned characters become
    U+FFFD; more than two combining marks in a row are dropped. Letters of any script stay.
    Idempotent.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    # Four times the limit is enough: nothing below makes text longer by more.
    kept: list[str] = []
    combining = 0
    for char in unicodedata.normalize("NFC", text[: limit * 4]):
        category = unicodedata.category(char)
        if category in _COMBINING:
            combining += 1
            if combining > _MAX_COMBINING_IN_A_ROW or not kept or ord(char) in _VARIATION_SELECTORS:
                continue
        else:
            combining = 0
        if category in _REFUSED:
            kept.append(REPLACEMENT)
        elif ord(char) not in _SKIN_TONES:
            kept.append(" " if category == "Zs" else char)
    cleaned = "".join(kept)
    if len(cleaned) > limit:
        return cleaned[: limit - 1] + "…"
    return cleaned
