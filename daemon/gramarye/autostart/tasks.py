"""A scheduled task that runs at logon, for Windows."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path, PureWindowsPath
from xml.sax.saxutils import escape

from .definition import DESCRIPTION, Definition

TASK = "Gramarye"

_XML = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{description}</Description></RegistrationInfo>
  <Triggers>
    <LogonTrigger><Enabled>true</Enabled><UserId>{user}</UserId></LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{user}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>3</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def task(words: Sequence[str], data: Path, environ: Mapping[str, str]) -> Definition:
    """A task that runs these words, without a window; its file and its log lie in ``data``."""
    log, file = data / "daemon.log", data / "task.xml"
    program, *arguments = words
    windowless = str(PureWindowsPath(program).with_name("pythonw.exe"))
    domain = environ.get("USERDOMAIN", "")
    user = environ.get("USERNAME", "")
    text = _XML.format(
        description=escape(DESCRIPTION),
        user=escape(f"{domain}\\{user}" if domain else user),
        program=escape(windowless),
        arguments=escape(subprocess.list2cmdline([*arguments, "--log-file", str(log)])),
        folder=escape(str(data)),
    )
    return Definition(
        system="the task scheduler",
        file=file,
        content=text.encode("utf-16"),
        reach=("schtasks", "/Query", "/FO", "CSV", "/NH"),
        unreachable=(
            "Windows' task scheduler does not answer, or may not be used by you. Start the daemon "
            "by hand with: gramarye serve"
        ),
        start=(
            ("schtasks", "/Create", "/F", "/TN", TASK, "/XML", str(file)),
            ("schtasks", "/Run", "/TN", TASK),
        ),
        stop=(("schtasks", "/End", "/TN", TASK), ("schtasks", "/Delete", "/F", "/TN", TASK)),
        forget=(),
        known=("schtasks", "/Query", "/TN", TASK),
        log=str(log),
    )
