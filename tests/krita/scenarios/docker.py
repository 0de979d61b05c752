"""The docker with the jobs: empty; one at work that is paused, goes on, is cancelled
and tried again; one that was applied again, its picture closed meanwhile, inserted later."""

import sys


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    document.setBatchmode(True)
    document.saveAs(driver.args["kra"])
    view = driver.docker()
    yield 600
    view.parent().hide()
    yield 300
    desk = sys.modules["gramarye_krita.jobs_desk"].desk()
    driver.values["at work unseen"] = desk._timer.isActive() or desk._connection._socket is not None
    view.parent().show()
    yield 600
    driver.values["empty"] = view.note.text()
    driver.values["empty list"] = view.list.isVisible()
    driver.shot("docker-empty")
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    driver.dialog.controls.quality.set_value("good")
    driver.dialog.apply_button.click()
    driver.dialog.move(10, 10)
    yield from driver.until_row(0, "%")
    yield 500
    driver.shot("docker-running")
    driver.values["picture"] = not view._lines[next(iter(view._lines))].picture.pixmap().isNull()
    yield from driver.press("pause", 0)
    yield from driver.until_row(0, "Paused")
    yield from driver.press("resume", 0)
    yield from driver.until_row(0, "%")
    yield from driver.press("cancel", 0)
    yield from driver.until_row(0, "cancelled")
    driver.values["cancelled"] = driver.docker_rows()
    driver.values["dialog"] = driver.jobs()
    yield from _again(driver, document)
    yield from _closed(driver, document)


def _again(driver, document):
    driver.dialog.reject()
    before = len(driver.layers())
    yield from driver.press("retry", 0)
    yield from driver.until_row(0, "%")
    view = driver.docker()
    view.select(next(iter(view._rows)))
    keep = view.actions["keep"]
    yield from driver.until(keep.isVisible, "a step to keep")
    keep.trigger()
    yield from driver.until(lambda: len(driver.layers()) > before, "the picture as it stood", 120)
    yield from driver.until_row(0, "Stopped at step")
    driver.values["tried again"] = driver.layers()
    driver.docker().details_wanted.emit(next(iter(driver.docker()._rows)))
    yield 500
    box = driver.app.activeWindow().qwindow().findChild(_box(driver), "gramarye_job_details")
    driver.values["details"] = box.text()
    driver.shot("docker-details")
    box.accept()
    yield 300
    driver.values["active"] = document.activeNode().name()
    before = len(driver.layers())
    yield from driver.press("again", 0)
    yield from driver.until_row(0, "%")
    document.save()


def _closed(driver, document):
    document.setModified(False)
    document.close()
    yield from driver.until_row(0, "The result waits here", 120)
    yield 300
    driver.shot("docker-waiting")
    yield from driver.press("again", 0)
    yield from driver.until_row(0, "Open a picture")
    again = driver.open(driver.args["kra"])
    yield 1000
    driver.values["before inserting"] = [n.name() for n in again.rootNode().childNodes()]
    yield from driver.press("insert", 0)
    yield from driver.until_row(0, "Inserted")
    yield 600
    driver.values["inserted"] = [n.name() for n in again.rootNode().childNodes()]
    driver.shot("docker-inserted")
    driver.app.action("edit_undo").trigger()
    yield 1000
    driver.values["undone"] = [n.name() for n in again.rootNode().childNodes()]
    driver.values["rows"] = driver.docker_rows()
    yield from _narrow(driver)
    driver.docker().clear_action.trigger()
    yield 300
    driver.values["cleared"] = driver.docker_rows()


def _narrow(driver):
    """A floating docker, as narrow as they come."""
    view = driver.docker()
    docker = view.parent()
    docker.setFloating(True)
    docker.setGeometry(500, 300, 250, 320)
    view.select(list(view._rows)[-1])
    yield 800
    driver.values["narrow"] = docker.width()
    driver.shot("docker-narrow")
    docker.setFloating(False)
    yield 500


def _box(driver):
    from gramarye_krita.qt import QtWidgets

    return QtWidgets.QMessageBox
