"""What happens to a job whose artist changes something in the middle of it."""


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    yield from _cancel(driver)
    yield from _delete_the_source(driver, document)
    yield from _close_the_document(driver, document)


def _begin(driver):
    driver.dialog.apply_button.click()
    yield from driver.until(driver.stepping, "the first step")


def _cancel(driver):
    before = driver.layers()
    yield from _begin(driver)
    driver.click(driver.dialog.jobs.cancel_button)
    yield from driver.until(lambda: not driver.busy(), "the job to end")
    driver.values["cancelled"] = driver.said()
    yield 300
    driver.shot("meanwhile-cancelled")
    yield 1500  # long enough for a result that was on its way
    driver.values["layers added by a cancelled job"] = len(driver.layers()) - len(before)


def _delete_the_source(driver, document):
    other = document.createNode("Other", "paintlayer")
    document.rootNode().addChildNode(other, None)
    yield 300
    source = document.rootNode().childNodes()[0]
    document.setActiveNode(source)
    yield 300
    yield from _begin(driver)
    source.remove()
    yield from driver.until(lambda: not driver.busy(), "the job to end")
    yield 300
    driver.values["layers without source"] = driver.layers()
    driver.values["said without source"] = driver.said()
    driver.shot("meanwhile-deleted")


def _close_the_document(driver, document):
    document.setActiveNode(document.rootNode().childNodes()[-1])  # the other one is empty
    yield 400
    yield from _begin(driver)
    document.setModified(False)
    document.close()
    yield from driver.until(lambda: not driver.busy(), "the job to end")
    driver.values["said without document"] = driver.said()
    yield 1000
