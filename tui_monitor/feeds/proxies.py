"""What the settings' proxy is for those who connect, and for those who read about it."""

from urllib.parse import unquote, urlsplit

from tui_monitor.printable import printable


def name_of(proxy: str) -> str:
    """A proxy's address without name and password."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def for_streams(proxy: str) -> str | None:
    """The proxy as websockets takes it; None: none, whatever the environment says.

    The proxy resolves names in any case, as it does for httpx: whoever needs a proxy often has a
    name server that lies.
    """
    return proxy.replace("socks5://", "socks5h://", 1) or None


def explained(error: BaseException, proxy: str) -> str:
    """Why nothing can be reached: with a proxy, which, and what it said."""
    said = str(error) or _WORDS.get(type(error).__name__) or type(error).__name__
    if proxy:
        # websockets leaves what a SOCKS proxy said in the cause.
        cause = "" if isinstance(error, OSError) else str(error.__cause__ or "")
        said += f": {cause}" if cause not in said else ""
        said = f"{without_secrets(said, proxy)} (through the proxy {name_of(proxy)})"
    return printable(said, 200)


_WORDS = {
    "ConnectError": "no connection",
    "ConnectTimeout": "no connection in time",
    "ConnectionResetError": "the connection was cut",
    "ReadError": "the connection was cut",
    "TimeoutError": "no answer in time",
}
"""What exceptions without a text mean."""


def without_secrets(text: str, proxy: str) -> str:
    """A library's message without what the proxy's address holds in confidence."""
    parts = urlsplit(proxy)
    secrets = [parts.netloc.rpartition("@")[0], parts.password or ""]
    for secret in [*secrets, *map(unquote, secrets)]:
        if secret:
            text = text.replace(secret, "…")
    return text
