"""The next Krita: Repeat Last Style starts the daemon, without a button and without the dialog. The
earlier job goes on, and is inserted from the docker."""


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    driver.app.action("gramarye_repeat").trigger()
    driver.docker()
    yield from driver.until_row(1, "before yours", 90)
    driver.values["dialog"] = driver.dialog is not None and driver.dialog.isVisible()
    driver.values["goes on"] = driver.docker_rows()[0][1]
    yield from driver.until_row(0, "The result waits here", 170)
    yield from driver.press("insert", 0)
    yield from driver.until(lambda: len(driver.layers()) > 1, "the layer")
    driver.values["layers"] = [node.name() for node in document.rootNode().childNodes()]
