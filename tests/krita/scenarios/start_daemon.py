"""No daemon answers: the dialog says so, its button starts a real one, and a job runs on it."""


def scenario(driver):
    yield from driver.absent()
    dialog = driver.dialog
    driver.values["absent"] = dialog.daemon.label.text()
    driver.values["apply while absent"] = dialog.apply_button.isEnabled()
    yield 300
    driver.shot("start-absent")
    driver.click(dialog.daemon.start_button)
    label = dialog.daemon.label
    yield from driver.until(lambda: not label.text().startswith("No daemon"), "the click")
    driver.values["starting"] = label.text()
    driver.shot("start-starting")
    yield from driver.ready()
    driver.choose(driver.args["style"])
    before = driver.layers()
    dialog.apply_button.click()
    yield from driver.until(lambda: driver.layers() != before, "the new layer")
    driver.values["layers"] = driver.layers()
