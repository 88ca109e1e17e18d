"""One engine, many faces: a source's answers over a socket, and a source made of them.

A viewer asks when it wants to paint and gets what it doesn't have yet, so a slow one costs nobody
anything. `calls` says what can be asked, `answers` keeps the newest answers for all
viewers, `session` talks with one of them, `server` accepts them on the Unix socket, `client` is
the viewer's end.
"""
