"""Open a picture, ask for a style transfer, watch the layer come; undo, redo, save."""


def scenario(driver):
    action = driver.app.action("gramarye_style_transfer")
    driver.values["enabled without a picture"] = action.isEnabled()
    document = driver.open(driver.args["picture"])
    yield 1000
    source = document.activeNode()
    driver.note_pixels("source", source)
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    yield 300
    driver.shot("stylize-before")
    before = driver.layers()
    driver.dialog.apply_button.click()
    yield from driver.until(driver.stepping, "the first step")
    driver.shot("stylize-running")
    yield from driver.until(lambda: driver.layers() != before, "the new layer")
    yield 500
    driver.shot("stylize-done")
    driver.values["layers"] = driver.layers()
    driver.values["said"] = driver.said()
    driver.note_pixels("result", document.rootNode().childNodes()[-1])
    yield from _undo_and_redo(driver)
    yield from _save(driver, document)


def _undo_and_redo(driver):
    driver.app.action("edit_undo").trigger()
    yield 600
    driver.values["after undo"] = driver.layers()
    driver.values["undo left"] = driver.app.action("edit_undo").text().strip()
    driver.app.action("edit_redo").trigger()
    yield 600
    driver.values["after redo"] = driver.layers()


def _save(driver, document):
    document.setBatchmode(True)
    for name in ("kra", "png"):
        driver.values[name] = document.saveAs(driver.args[name])
        yield 300
    document.waitForDone()
