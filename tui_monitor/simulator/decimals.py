"""Whole numbers of small units printed as the plain decimal strings of the exchanges."""


def plain(units: int, places: int) -> str:
    """`units` × 10^-places without exponent and without trailing zeros: (2750, 2) is "27.5"."""
    text = fixed(units, places)
    if places <= 0 or text[-1] != "0":
        return text
    return text.rstrip("0").rstrip(".")


def fixed(units: int, places: int) -> str:
    """The same with all its places: (2750, 2) is "27.50"."""
    if places <= 0:
        return str(units * 10**-places)
    digits = str(units)
    if units >= 0 and len(digits) > places:
        return f"{digits[:-places]}.{digits[-places:]}"
    sign = "-" if units < 0 else ""
    digits = str(abs(units)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
