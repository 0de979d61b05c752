"""The menu and the dialog where no picture is open."""

from gramarye_krita.qt import QtWidgets

ACTIONS = (
    "gramarye_style_transfer",
    "gramarye_repeat",
    "gramarye_apply_to_selected",
    "gramarye_style_from_layer",
)


def scenario(driver):
    actions = [driver.app.action(name) for name in ACTIONS]
    driver.values["enabled"] = [action.isEnabled() for action in actions]
    driver.values["tips"] = [action.toolTip() for action in actions]
    driver.values["shortcut"] = actions[1].shortcut().toString()
    driver.values["menu"] = _submenu(driver)
    told = driver.values["told"] = []
    for action in actions[1:]:
        driver.window().statusBar().clearMessage()
        action.trigger()
        yield 300
        told.append(driver.window().statusBar().currentMessage())
    driver.shot("no-document-told")
    document = driver.open(driver.args["picture"])
    yield 1000
    driver.values["enabled with a picture"] = [action.isEnabled() for action in actions]
    driver.values["tips with a picture"] = [action.toolTip() for action in actions]
    yield from driver.open_dialog()
    yield from driver.ready()
    document.setModified(False)
    document.close()
    yield from driver.until(lambda: not driver.dialog.apply_button.isEnabled(), "Apply to grey out")
    yield 700
    driver.values["said"] = driver.said()
    driver.shot("no-document-dialog")


def _submenu(driver):
    bar = driver.window().menuBar()
    entry = next(one for one in bar.actions() if one.text().replace("&", "") == "Filter")
    parent = next(one for one in entry.menu().actions() if one.objectName() == "gramarye_menu")
    assert isinstance(parent.menu(), QtWidgets.QMenu)
    parent.menu().aboutToShow.emit()
    return [action.text().replace("&", "") for action in parent.menu().actions()]
