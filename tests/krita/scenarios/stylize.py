"""Open a picture, ask for a style transfer, watch the layer come; undo, redo, save."""


def scenario(driver):
    driver.values["enabled without a picture"] = driver.app.action(
        "gramarye_style_transfer"
    ).isEnabled()
    document = driver.open(driver.args["picture"])
    yield 1000
    source = document.activeNode()
    bounds = source.bounds()
    box = (bounds.x(), bounds.y(), bounds.width(), bounds.height())
    driver.values["box"] = box
    driver.values["source"] = bytes(source.pixelData(*box)).hex()
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    dialog.choose_style(driver.args["style"])
    dialog.quality_box.setCurrentIndex(dialog.quality_box.findData("draft"))
    yield 300
    driver.shot(driver.args["shot"] + "-before")
    before = driver.layers()
    dialog.apply_button.click()
    yield from driver.until(lambda: "Step" in driver.said(), "the first step")
    yield 300
    driver.shot(driver.args["shot"] + "-running")
    yield from driver.until(lambda: driver.layers() != before, "the new layer")
    yield 500
    driver.shot(driver.args["shot"] + "-done")
    result = document.rootNode().childNodes()[-1]
    driver.values["layers"] = driver.layers()
    driver.values["result"] = bytes(result.pixelData(*box)).hex()
    bounds = result.bounds()
    driver.values["result box"] = (bounds.x(), bounds.y(), bounds.width(), bounds.height())
    driver.values["said"] = driver.said()
    yield from _undo_and_redo(driver)
    yield from _save(driver, document)


def _undo_and_redo(driver):
    driver.app.action("edit_undo").trigger()
    yield 600
    driver.values["after undo"] = driver.layers()
    driver.values["undo left"] = driver.app.action("edit_undo").text()
    driver.app.action("edit_redo").trigger()
    yield 600
    driver.values["after redo"] = driver.layers()


def _save(driver, document):
    document.setBatchmode(True)
    for name in ("kra", "png"):
        driver.values[name] = document.saveAs(driver.args[name])
        yield 300
    document.waitForDone()
