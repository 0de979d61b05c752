"""The whole dialog under Qt 6: shown, clicked, typed into, dropped on. Prints what came of it."""

import json
import sys
from typing import Any

import krita

import gramarye_krita  # before Krita runs, so that it registers nothing

krita.Krita.running = krita.Krita()

from PyQt6 import QtCore, QtGui, QtTest, QtWidgets  # noqa: E402  # pyright: ignore

from gramarye_krita.logic import docket  # noqa: E402
from gramarye_krita.logic.batch import Batch, State, Task  # noqa: E402
from gramarye_krita.logic.choices import Choices, Style, to_json  # noqa: E402
from gramarye_krita.logic.docket import Row  # noqa: E402
from gramarye_krita.logic.gallery import Gallery, ready_made  # noqa: E402
from gramarye_krita.logic.setting_up import begun  # noqa: E402
from gramarye_krita.model import Daemon, Link  # noqa: E402
from gramarye_krita.ui.dialog import StyleDialog  # noqa: E402
from gramarye_krita.ui.docker import JobsView  # noqa: E402
from gramarye_krita.ui.picker import LayerPicker, Offer  # noqa: E402
from gramarye_krita.ui.setup import SetupWindow  # noqa: E402
from gramarye_krita.ui.status import StatusLine  # noqa: E402
from gramarye_protocol import WeightsReport  # noqa: E402

Qt = QtCore.Qt
Test: Any = QtTest.QTest  # whose stubs know windows only, where widgets are meant


def shown():
    dialog = StyleDialog(None, "tcp://127.0.0.1:5599", "ada")
    dialog.show_gallery(Gallery())
    dialog.show_choices(Choices(styles=tuple(Style(path) for path in ready_made()[:2])))
    dialog.show_daemon(Daemon("tcp://127.0.0.1:5599", Link.READY, "builtin", "cpu"))
    dialog.show()
    return dialog


def use(dialog):
    left = Qt.MouseButton.LeftButton
    image = QtGui.QImage(ready_made()[0])
    dialog.preview.split.show_before(image)
    dialog.preview.split.show_after(image)
    dialog.preview.overview.show_image(image)
    Test.mouseClick(dialog.preview.split, left, pos=QtCore.QPoint(60, 80))
    Test.keyClick(dialog.preview.split, Qt.Key.Key_Left)
    Test.mouseClick(dialog.preview.overview, left, pos=QtCore.QPoint(70, 40))
    Test.keyClick(dialog.preview.overview, Qt.Key.Key_Up)
    place = dialog.gallery.list.visualItemRect(dialog.gallery.list.item(3)).center()
    held = Qt.KeyboardModifier.ControlModifier
    Test.mouseClick(dialog.gallery.list.viewport(), left, held, place)
    Test.keyClick(dialog.controls.strength.slider, Qt.Key.Key_Right)
    dialog.advanced_fold.click()
    dialog.advanced.fields["tile"].set_value("off")
    dialog.daemon.fold.click()
    dialog.daemon.artist.setFocus()
    Test.keyClick(dialog.daemon.artist, Qt.Key.Key_Return)
    drop(dialog, image)
    get_weights(dialog.daemon.weights)
    task = Task("Layer", state=State.RUNNING, step=1, steps=2)
    dialog.show_batches([Batch([task, Task("Other")])])
    dialog.gallery.tabs.setCurrentIndex(0)
    grab(dialog)


def get_weights(pane):
    pane.show_report(WeightsReport("vgg19", "offered", 0, 575, 80, "example.org"))
    pane.get_button.click()
    grab(pane.yes_button.window())
    pane.yes_button.click()
    pane.show_report(WeightsReport("vgg19", "fetching", 100, 575, 80, "example.org"))
    grab(pane)
    pane.stop_button.click()


def drop(dialog, image):
    mime = QtCore.QMimeData()
    mime.setImageData(image)
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    rest = (action, mime, button, Qt.KeyboardModifier.NoModifier)
    entering = QtGui.QDragEnterEvent(QtCore.QPoint(20, 20), *rest)
    QtWidgets.QApplication.sendEvent(dialog, entering)
    QtWidgets.QApplication.sendEvent(dialog, QtGui.QDropEvent(QtCore.QPointF(20, 20), *rest))


def setting_up(dialog):
    dialog.daemon.show_set_up(False)
    window = SetupWindow(dialog, "/home/ada/gramarye")
    window.begin_pressed.connect(lambda: window.show_setup(begun()))
    window.show()
    Test.mouseClick(window.begin_button, Qt.MouseButton.LeftButton)
    assert window.stop_button.isVisible()
    window.show_setup(begun().heard({"failed": "offline", "detail": "no line"}))
    assert window.begin_button.isVisible()
    grab(window)
    window.close()


def use_docker(told):
    view = JobsView()
    view.wanted.connect(lambda verb, jobs: told["wanted"].append([verb, jobs]))
    view.details_wanted.connect(lambda job: told["wanted"].append(["details", [job]]))
    view.resize(250, 300)
    view.show()
    going = Row("a", "Sky – flow", "25 %", "going", 0.25, (docket.PAUSE, docket.CANCEL))
    sentence = "This reason has far more words than such a narrow line has room for."
    failed = Row("b", "Sea – flow", sentence, "failed", None, (docket.RETRY, docket.AGAIN))
    view.show_rows([going, failed], {"a": QtGui.QImage(ready_made()[0])}, "")
    grab(view)
    left = Qt.MouseButton.LeftButton
    for place, verb in ((0, docket.CANCEL), (1, docket.RETRY)):
        where = view.list.visualItemRect(view.list.item(place)).center()
        Test.mouseClick(view.list.viewport(), left, pos=where)
        view.buttons[verb].click()
    told.update(whole=view.whole.text(), pause=view.buttons[docket.PAUSE].isVisible())
    view.actions[docket.AGAIN].trigger()
    view.details_action.trigger()
    grab(view)
    told["docker"] = view.width()
    view.show_rows([], {}, "No jobs.")
    grab(view)


def grab(widget):
    QtWidgets.QApplication.processEvents()
    assert not widget.grab().isNull()


def main():
    app = QtWidgets.QApplication(sys.argv)
    troubles = []
    sys.excepthook = lambda kind, error, trace: troubles.append(repr(error))
    dialog = shown()
    told: dict[str, Any] = {"applied": 0, "dropped": 0, "wanted": []}
    dialog.apply_pressed.connect(lambda: told.update(applied=told["applied"] + 1))
    dialog.image_dropped.connect(lambda image: told.update(dropped=image.width()))
    weights = dialog.daemon.weights
    weights.fetch_wanted.connect(lambda: told.update(fetched=True))
    weights.stop_wanted.connect(lambda: told.update(stopped=True))
    use(dialog)
    picker = LayerPicker(dialog, [Offer("All", "a", QtGui.QImage(8, 8, dialog_format()), True)])
    picker.show()
    grab(picker)
    setting_up(dialog)
    window = QtWidgets.QMainWindow()
    StatusLine(window).show_batches([])
    use_docker(told)
    told.update(choices=json.loads(to_json(dialog.choices())), troubles=troubles)
    told.update(line=dialog.preview.split.position, part=dialog.preview.overview.centre)
    told.update(module=gramarye_krita.__name__, qt=QtCore.qVersion())
    print(json.dumps(told))
    app.quit()


def dialog_format():
    return QtGui.QImage.Format.Format_RGB32


main()
