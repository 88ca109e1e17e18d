"""What a token of the REST endpoint must be like."""

import re

SHORTEST_TOKEN = 16
TOKEN_HINT = "`openssl rand -hex 24` makes one"  # noqa: S105 - none itself
# RFC 6750, section 2.1: what a header `Authorization: Bearer` can carry.
_B64TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def token_fault(token: str) -> str:
    """What is wrong with a token, which is not repeated; "" for nothing."""
    if not _B64TOKEN.fullmatch(token):
        return "must be of letters, digits and -._~+/ alone, perhaps with = at its end"
    if len(token) < SHORTEST_TOKEN:
        return f"is shorter than {SHORTEST_TOKEN} characters: it could be guessed"
    return ""
