"""The boards: pure computation from the market and stored rows to one typed snapshot each.

The screen paints the struct, the REST route serialises it, `show` prints it, the tests
compare it. A new board is one file here, one in `screens/`, one line in `registry`.
"""
