"""Three selected layers, one of them empty; then stopping early, and repeating by the shortcut."""


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    root = document.rootNode()
    for name, content in (("Empty", None), ("Top", document.activeNode())):
        layer = document.createNode(name, "paintlayer")
        root.addChildNode(layer, None)
        if content is not None:
            box = (0, 0, document.width(), document.height())
            layer.setPixelData(content.pixelData(*box), *box)
        yield 300
    document.refreshProjection()
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    driver.window().activateWindow()
    driver.app.action("select_all_layers").trigger()
    yield 800
    driver.values["selected"] = len(driver.app.activeWindow().activeView().selectedNodes())
    driver.app.action("gramarye_apply_to_selected").trigger()
    yield from driver.until(lambda: len(driver.jobs()) == 3, "three jobs")
    yield from driver.until(driver.stepping, "the first step")
    yield 400
    driver.shot("batch-running")
    yield from driver.until(lambda: not driver.busy(), "the batch to end", 150)
    yield 600
    driver.shot("batch-done")
    driver.values["layers"] = driver.layers()
    driver.values["jobs"] = driver.jobs()
    driver.values["said"] = driver.said()
    yield from _keep(driver, document)
    yield from _repeat(driver, document)


def _keep(driver, document):
    source = document.rootNode().childNodes()[0]
    document.setActiveNode(source)
    yield 400
    driver.dialog.controls.quality.set_value("best")
    before = driver.layers()
    driver.dialog.apply_button.click()
    yield from driver.until(driver.stepping, "the first step")
    yield from driver.until(driver.dialog.jobs.keep_button.isEnabled, "a preview to keep")
    driver.click(driver.dialog.jobs.keep_button)
    yield from driver.until(lambda: not driver.busy(), "the job to stop")
    yield 800
    driver.values["kept"] = len(driver.layers()) - len(before)
    kept = document.rootNode().childNodes()[1]
    driver.values["kept bounds"] = [kept.bounds().width(), kept.bounds().height()]
    driver.shot("kept")
    driver.values["said of the kept"] = driver.said()
    driver.values["active"] = document.activeNode().name()


def _repeat(driver, document):
    driver.dialog.controls.quality.set_value("draft")
    driver.dialog.apply_button.click()
    yield from driver.until(lambda: not driver.busy(), "the job to end", 120)
    driver.dialog.reject()
    yield 500
    before = driver.layers()
    driver.window().activateWindow()
    yield 300
    driver.xdotool("key", "ctrl+alt+y")
    yield from driver.until(lambda: len(driver.layers()) > len(before), "the repeated one", 120)
    driver.values["repeated"] = len(driver.layers()) - len(before)
