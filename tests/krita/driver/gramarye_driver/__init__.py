"""A second plugin, for tests only: runs a scenario inside Krita, then quits it.

A scenario is a generator ``scenario(driver)`` whose every ``yield milliseconds`` returns to Krita's
own event loop. A nested loop would hold back Krita's signals from its image to its window.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path
from runpy import run_path

from gramarye_krita.canvas.nodes import children
from gramarye_krita.host import Extension, application
from gramarye_krita.qt import QtCore, QtWidgets


class ScenarioError(Exception):
    """What a scenario waited for did not come."""


class Driver:
    """What a scenario may use: Krita, the plugin's dialog, the mouse and the keyboard."""

    def __init__(self, task):
        self.args = task["args"]
        self.values = {}
        self._report = Path(task["report"])
        self._shots = Path(task["shots"])
        self._steps = run_path(task["scenario"])["scenario"](self)
        sys.excepthook = self._unexpected  # Krita's own would open a modal dialog

    # --- Krita

    @property
    def app(self):
        return application()

    @property
    def document(self):
        return self.app.activeDocument()

    def layers(self):
        """Names of the top-level layers, the lowest first."""
        return [node.name() for node in children(self.document.rootNode())]

    def note_pixels(self, name, node):
        """Note a layer's place and pixels for the test to look at."""
        area = node.bounds()
        box = (area.x(), area.y(), area.width(), area.height())
        self.values[name] = {"box": box, "pixels": bytes(node.pixelData(*box)).hex()}

    def open(self, path):
        """Open a picture and show it."""
        document = self.app.openDocument(path)
        self.app.activeWindow().addView(document)
        return document

    def window(self):
        return self.app.activeWindow().qwindow()

    # --- the dialog

    @property
    def dialog(self):
        return self.window().findChild(QtWidgets.QDialog, "gramarye_dialog")

    def said(self):
        """The dialog's line about what happened."""
        return self.dialog.said()

    def jobs(self):
        """The states of the jobs in the dialog, the first asked for first."""
        rows = self.dialog.jobs.list
        return [rows.topLevelItem(place).text(2) for place in range(rows.topLevelItemCount())]

    def busy(self):
        """Whether a job is left to do."""
        return self.dialog.jobs.cancel_button.isEnabled()

    def stepping(self):
        """Whether a job has taken its first step."""
        return any(words.startswith("Step") for words in self.jobs())

    def open_dialog(self):
        """Through the action, as the menu does; goes on when a daemon is there or known absent."""
        self.app.action("gramarye_style_transfer").trigger()
        yield from self.until(lambda: self.dialog is not None, "the dialog")
        yield 200

    def choose(self, style):
        """A style, and the quickest quality; no preview comes between."""
        self.dialog.preview.follow.setChecked(False)
        self.dialog.files_dropped.emit([style])
        self.dialog.controls.quality.set_value("draft")

    def ready(self):
        """Wait until the daemon has said what it computes with."""
        label = self.dialog.daemon.label
        yield from self.until(lambda: label.text().startswith("Computes with"), "the daemon", 90)

    def absent(self):
        """A picture and the dialog, where no daemon answers and one may be started."""
        self.open(self.args["picture"])
        yield 1000
        yield from self.open_dialog()
        yield from self.until(self.dialog.daemon.start_button.isEnabled, "the start button")

    def message(self, shot):
        """Ask for the dialog where a message comes in its place; gives what that says."""
        # The message is modal, so the trigger must not be waited for here.
        QtCore.QTimer.singleShot(0, self.app.action("gramarye_style_transfer").trigger)
        box = QtWidgets.QApplication.activeModalWidget
        yield from self.until(lambda: isinstance(box(), QtWidgets.QMessageBox), "the message")
        yield 300
        self.shot(shot)
        said = box().text()
        box().accept()
        return said

    # --- the docker

    def docker(self):
        """The docker with the jobs, made visible; its inside."""
        docker = self.window().findChild(QtWidgets.QDockWidget, "gramarye_jobs")
        docker.show()
        docker.raise_()
        return docker.widget()

    def docker_rows(self):
        """Title and words of every job there."""
        return [[row.title, row.words, row.state] for row in self.docker()._rows.values()]

    def until_row(self, place, words, seconds=90):
        """Wait until a job of the docker's says this."""

        def says():
            rows = self.docker_rows()
            return len(rows) > place and words in rows[place][1]

        yield from self.until(says, f"the docker's row {place} to say {words!r}", seconds)

    def press(self, verb, place):
        """Choose a job in the docker, and click the button for it."""
        view = self.docker()
        item = view.list.item(place)
        view.list.scrollToItem(item)
        view.list.clearSelection()
        item.setSelected(True)
        yield from self.until(view.buttons[verb].isVisible, f"the button {verb}")
        yield 100
        self.click(view.buttons[verb])
        yield 300

    # --- waiting, looking, clicking

    def until(self, condition, what, seconds=60):
        """Return to Krita until the condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise ScenarioError(f"waited {seconds} s for {what}")
            yield 40

    def shot(self, name):
        """A picture of the whole screen."""
        subprocess.run(["import", "-window", "root", str(self._shots / f"{name}.png")], check=True)

    def xdotool(self, *words):
        subprocess.run(["xdotool", *map(str, words)], check=True)

    def click(self, widget, x=None, y=None):
        """A real click in the middle of a widget, or at a point of it."""
        inside = QtCore.QPoint(
            widget.width() // 2 if x is None else x, widget.height() // 2 if y is None else y
        )
        place = widget.mapToGlobal(inside)
        self.xdotool("mousemove", "--sync", place.x(), place.y(), "sleep", 0.1, "click", 1)

    def click_item(self, pictures, place):
        """A real click on a picture of the gallery."""
        centre = pictures.visualItemRect(pictures.item(place)).center()
        self.click(pictures.viewport(), centre.x(), centre.y())

    def clipboard(self):
        return QtWidgets.QApplication.clipboard()

    # --- the run

    def run(self):
        self._step()

    def _step(self):
        try:
            pause = next(self._steps)
        except StopIteration:
            self._end()
        except Exception:  # noqa: BLE001 - whatever it is, the test shall read it
            self._end(traceback.format_exc())
        else:
            QtCore.QTimer.singleShot(pause, self._step)

    def _unexpected(self, kind, error, trace):
        self._end("".join(traceback.format_exception(kind, error, trace)))

    def _end(self, trouble=""):
        if self._report.exists():
            return
        if trouble:
            self.values["said"] = self.said() if self.dialog else ""
            self.shot("trouble")
        self._report.write_text(json.dumps({"trouble": trouble, "values": self.values}))
        QtCore.QTimer.singleShot(1000, self._quit)

    def _quit(self):
        """Krita would ask whether to save; what is still at work may change a picture till now."""
        for document in self.app.documents():
            document.waitForDone()
            document.setModified(False)
        self.app.action("file_quit").trigger()


class DriverExtension(Extension):
    """Begins when the first window is there."""

    def setup(self):
        notifier = application().notifier()
        notifier.setActive(True)
        notifier.windowCreated.connect(self._begin)
        self._driver = None

    def createActions(self, window):  # noqa: N802 - Krita's name
        pass

    def _begin(self):
        if self._driver is None:
            self._driver = Driver(json.loads(os.environ["GRAMARYE_TEST_TASK"]))
            self._driver.window().setGeometry(0, 0, 1600, 1000)
            QtCore.QTimer.singleShot(500, self._driver.run)


application().addExtension(DriverExtension(application()))
