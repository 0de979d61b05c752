"""Each control is set to another value; notes what the settings then say. And the Tab key's way."""

from dataclasses import asdict
from pathlib import Path
from runpy import run_path

from gramarye_krita.logic.asking import settings_for
from gramarye_krita.qt import QtWidgets

ADVANCED = run_path(str(Path(__file__).parent / "advanced_values.py"))["ADVANCED"]


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    dialog.preview.follow.setChecked(False)
    yield from _walk(driver, dialog)
    driver.choose(driver.args["style"])
    _set(dialog)
    yield 300
    choices = dialog.choices()
    driver.values["advanced"] = dict(choices.advanced)
    driver.values["settings"] = asdict(settings_for(choices, 2000, 1000))
    driver.values["places"] = [choices.input, choices.output, choices.selection_only]
    dialog.advanced.reset_button.click()
    yield 200
    driver.values["after reset"] = dict(dialog.choices().advanced)
    dialog.advanced.fields["tile"].set_value(128)
    driver.values["a tile"] = dialog.choices().advanced["tile"]


def _walk(driver, dialog):
    """Tab from the gallery once around."""
    dialog.activateWindow()
    dialog.gallery.list.setFocus()
    yield 300
    names = []
    for _ in range(60):
        focus = QtWidgets.QApplication.focusWidget()
        names.append((focus.objectName() or type(focus).__name__) if focus else "")
        driver.xdotool("key", "Tab")
        for _ in range(25):  # a slow Krita takes its time
            if QtWidgets.QApplication.focusWidget() is not focus:
                break
            yield 40
        yield 60
        if QtWidgets.QApplication.focusWidget() is dialog.gallery.list:
            break
    driver.values["walk"] = names


def _set(dialog):
    controls = dialog.controls
    controls.recipe.set_value("crisp")
    controls.strength.set_value(70)
    controls.stroke.set_value(150)
    controls.colours.set_value("match")
    controls.size.set_value(768)
    controls.quality.set_value("best")
    dialog.places.input.set_value("visible")
    dialog.places.output.set_value("document")
    dialog.places.selection_only.setChecked(False)
    for name, value in ADVANCED.items():
        dialog.advanced.fields[name].set_value(value)
