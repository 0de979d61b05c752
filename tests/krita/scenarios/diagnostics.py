"""Press Copy Diagnostics; Krita has its turn while the doctor looks."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    dialog = driver.dialog
    driver.click(dialog.daemon.fold)
    yield from driver.until(dialog.daemon.diagnostics_button.isVisible, "the daemon's settings")
    yield 500
    driver.click(dialog.daemon.diagnostics_button)
    yield from driver.until(lambda: driver.said().startswith("Looking"), "the doctor")
    driver.shot("diagnostics-looking")
    yield from driver.until(lambda: driver.said().startswith("Copied"), "the report", 120)
    driver.values["diagnostics"] = driver.clipboard().text()
    driver.shot("diagnostics-copied")
