"""The daemon set up from inside Krita, without a terminal: a Python, an environment, its packages.

Krita's own process finds, starts and listens; :mod:`.installer` is a program of its own, which
another Python runs.
"""
