"""The preview follows the choices by itself; what is overtaken is cancelled."""


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    pane = dialog.preview
    dialog.files_dropped.emit([driver.args["style"]])
    yield from driver.until(lambda: pane.words.text().startswith("Up to date"), "a preview", 90)
    yield from driver.until(lambda: dialog.estimate.text() != "", "the estimate", 90)
    first = pane.split.after.copy()
    driver.values["estimate"] = dialog.estimate.text()
    driver.values["both"] = [pane.split.before.width(), pane.split.after.width()]
    for strength in range(60, 90, 5):  # each overtakes the last
        dialog.controls.strength.set_value(strength)
        yield 100
    yield from driver.until(lambda: pane.words.text().startswith("Painting"), "the next preview")
    yield from driver.until(lambda: pane.words.text().startswith("Up to date"), "its end", 90)
    driver.values["another"] = pane.split.after != first
    driver.shot("preview")
    second = document.createNode("Second", "paintlayer")
    document.rootNode().addChildNode(second, None)
    yield 300
    document.setActiveNode(second)
    yield from driver.until(lambda: "is empty" in pane.words.text(), "the empty layer's sentence")
    driver.values["empty"] = [pane.words.text(), pane.split.before.isNull(), dialog.estimate.text()]
    driver.values["layers"] = driver.layers()
