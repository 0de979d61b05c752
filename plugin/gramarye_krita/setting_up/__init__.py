"""The daemon set up from inside Krita, without a terminal: a Python, an environment, and what is in it.

Nothing here is done in Krita's own process but finding, starting and listening: :mod:`.installer` is
a program of its own, which another Python runs.
"""
