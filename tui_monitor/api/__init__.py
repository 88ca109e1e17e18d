"""The REST endpoint: the routes, the guard before them and the connections below them.

Routes see the world through a `Source` only. Only the daemon imports this package, so that
the terminal never loads a web server.
"""
