"""What a client of a loopback address needs of TLS: nothing."""

import ssl

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For `verify=`. Without it httpx reads the machine's certificates for each client: 26 ms of CPU,
in hundreds of tests.
"""
