"""Every group of controls by real clicks and keys; notes the choices and the settings they make."""

from dataclasses import asdict

from gramarye_krita.logic.asking import settings_for


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    dialog.preview.follow.setChecked(False)
    yield 300
    yield from _gallery(driver, dialog)
    yield from _controls(driver)
    yield from _preview(driver, dialog)
    yield from _advanced(driver, dialog)
    yield from _daemon(driver, dialog)
    choices = dialog.choices()
    driver.values["choices"] = asdict(choices)
    driver.values["settings"] = asdict(settings_for(choices, 2000, 1000))


def _gallery(driver, dialog):
    pictures = dialog.gallery.list
    driver.click_item(pictures, 0)
    yield 300
    driver.xdotool("keydown", "ctrl")
    driver.click_item(pictures, 2)
    driver.xdotool("keyup", "ctrl")
    yield from driver.until(lambda: len(dialog.choices().styles) == 2, "the second style")
    yield 300
    driver.values["mix"] = dialog.mix.isVisible()
    driver.shot("by-hand-mix")
    driver.click(dialog.mix.amounts[1].slider, 3)
    yield 300


def _controls(driver):
    for keys in (
        ("alt+r", "Down"),
        ("alt+t", "Right", "Right", "Right"),
        ("alt+k", "End"),
        ("alt+l", "Down"),
        ("alt+z", "Down"),
        ("alt+q", "Home"),
        ("alt+p", "Down"),
        ("alt+u", "Down"),
        ("alt+i",),
    ):  # the keys are those that the labels underline
        driver.xdotool("key", *keys)
        yield 150


def _preview(driver, dialog):
    driver.click(dialog.preview.refresh_button)
    yield from driver.until(lambda: not dialog.preview.split.after.isNull(), "a preview", 90)
    split, overview = dialog.preview.split, dialog.preview.overview
    start = split.mapToGlobal(split.rect().center())
    driver.xdotool("mousemove", start.x(), start.y(), "mousedown", 1)
    driver.xdotool("mousemove", start.x() - 80, start.y(), "sleep", 0.2, "mouseup", 1)
    yield from driver.until(lambda: split.position < 0.5, "the line to move")
    driver.click(overview, overview.width() - 6)
    yield from driver.until(lambda: overview.centre[0] > 0.6, "the part to move")
    yield 300
    driver.shot("by-hand-preview")


def _advanced(driver, dialog):
    dialog.scroll.ensureWidgetVisible(dialog.advanced_fold)
    yield 300
    driver.click(dialog.advanced_fold)
    yield from driver.until(dialog.advanced.isVisible, "the advanced section")
    seed = dialog.advanced.fields["seed"]
    dialog.scroll.ensureWidgetVisible(seed.button)
    yield 300
    driver.click(seed.button)
    yield from driver.until(lambda: seed.value() is not None, "a seed")
    driver.values["seed"] = seed.value()
    layers = dialog.advanced.fields["style_layers"]
    dialog.scroll.ensureWidgetVisible(layers)
    yield 300
    driver.click(layers)
    driver.xdotool("type", "octave1, octave2")
    driver.xdotool("key", "Return")
    yield from driver.until(lambda: layers.value() == ("octave1", "octave2"), "the layers")
    yield 300
    driver.shot("by-hand-advanced")


def _daemon(driver, dialog):
    driver.click(dialog.daemon.fold)
    yield from driver.until(dialog.daemon.artist.isVisible, "the daemon's settings")
    yield 300
    driver.click(dialog.daemon.artist)
    driver.xdotool("key", "ctrl+a")
    driver.xdotool("type", "Ada")
    driver.xdotool("key", "Return")
    saved = driver.app.readSetting
    yield from driver.until(lambda: saved("gramarye_krita", "artist", "") == "Ada", "the name")
    driver.click(dialog.daemon.diagnostics_button)
    yield from driver.until(lambda: driver.said().startswith("Copied"), "the diagnostics")
    driver.values["diagnostics"] = driver.clipboard().text()
    driver.values["jobs after Return"] = driver.jobs()
    yield 300
    driver.shot("by-hand-daemon")
