"""The daemon as something that the system starts at login: systemd, launchd, or a scheduled task.

A module for each system says in a :class:`.Definition` what is written and which commands are run;
:mod:`.installing` does it.
"""
