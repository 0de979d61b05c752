"""The pictures for the README: a finished result, and a batch while the painting emerges."""


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1500
    before = driver.layers()
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    dialog.move(740, 90)
    dialog.gallery.tabs.setCurrentIndex(2)
    dialog.choose_styles([dialog.gallery.list.item(1).data(0x0100)])
    dialog.daemon.address.setText("tcp://127.0.0.1:5599")
    words = dialog.preview.words
    yield from driver.until(lambda: words.text().startswith("Up to date"), "the preview", 120)
    yield from driver.until(lambda: dialog.estimate.text() != "", "the estimate", 60)
    dialog.preview.follow.setChecked(False)
    dialog.apply_button.click()
    yield from driver.until(lambda: driver.layers() != before, "the new layer", 500)
    yield 500
    document.rootNode().childNodes()[-1].setName("Background – Flow")
    yield from _shot(driver, document, "showcase")
    yield from _batch(driver, document)


def _batch(driver, document):
    """Two layers more, one of them empty, painted together."""
    root = document.rootNode()
    root.childNodes()[-1].setVisible(False)
    box = (0, 0, document.width(), document.height())
    for name, content in (("Sky", None), ("Evening", root.childNodes()[0])):
        layer = document.createNode(name, "paintlayer")
        root.addChildNode(layer, None)
        if content is not None:
            layer.setPixelData(content.pixelData(*box), *box)
        yield 300
    document.refreshProjection()
    root.childNodes()[1].remove()
    dialog = driver.dialog
    dialog.choose_styles([dialog.gallery.list.item(place).data(0x0100) for place in (2, 3)])
    yield 300
    driver.window().activateWindow()
    driver.app.action("select_all_layers").trigger()
    yield 800
    dialog.places.input.set_value("selected")
    dialog.apply_button.click()
    yield from driver.until(driver.stepping, "the first step", 120)
    yield 9000
    yield from _shot(driver, document, "showcase-batch")
    dialog.jobs.list.selectAll()
    dialog.jobs.cancel_button.click()
    yield from driver.until(lambda: not driver.busy(), "the end")


def _shot(driver, document, name):
    document.waitForDone()
    driver.dialog.raise_()
    yield 1500
    driver.xdotool("mousemove", 1590, 990)
    yield 500
    driver.shot(name)
