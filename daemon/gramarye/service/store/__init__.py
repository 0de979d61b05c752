"""The durable half of the daemon: jobs and pixels that survive its end. No socket, no tensors.

* :mod:`.store` is what the daemon uses: one directory, with everything below kept in step.
* :mod:`.lifecycle` is a job's life as a table.
* :mod:`.database` has the jobs, in SQLite; :mod:`.questions` what can be asked about them.
* :mod:`.blobs` has pixels and checkpoints, as files named by their contents.
* :mod:`.quota` bounds both; :mod:`.checkpoints` says when to write one, and how.
"""
