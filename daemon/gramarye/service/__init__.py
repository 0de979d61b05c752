"""The daemon: a broker that never computes, a worker that holds the device, and their client.

* :mod:`~gramarye.service.serve` binds the sockets and runs everything.
* :mod:`~gramarye.service.broker` decides what to say to whom; it knows no socket.
* :mod:`~gramarye.service.worker` is the process with the networks.
* :mod:`~gramarye.service.client` is how the command line talks to a daemon.
"""
