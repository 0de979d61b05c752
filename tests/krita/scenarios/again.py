"""The next Krita: Repeat Last Style starts the daemon, without a button and without the dialog. The
earlier job goes on, is stopped in the docker, and its picture inserted."""


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    driver.app.action("gramarye_repeat").trigger()
    view = driver.docker()
    yield from driver.until_row(1, "", 90)
    driver.values["dialog"] = driver.dialog is not None and driver.dialog.isVisible()
    view.select(next(iter(view._rows)))
    keep = view.actions["keep"]
    yield from driver.until(keep.isVisible, "the earlier job to go on", 90)
    driver.values["goes on"] = driver.docker_rows()[0][1]
    driver.shot("again")
    keep.trigger()
    yield from driver.until_row(0, "The result waits here", 90)
    yield from driver.press("insert", 0)
    yield from driver.until(lambda: len(driver.layers()) > 1, "the layer")
    driver.values["layers"] = [node.name() for node in document.rootNode().childNodes()]
