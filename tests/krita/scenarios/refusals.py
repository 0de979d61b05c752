"""Layers and styles that cannot be used: each gets its sentence in the dialog."""


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    said = driver.values["said"] = {}
    for name, path in driver.args["styles"].items():
        driver.dialog.files_dropped.emit([path])
        said[name] = driver.said()
        yield 100
    yield 300
    driver.shot("refusals-style")
    driver.choose(driver.args["style"])
    for name, pixels in (("empty", None), ("transparent", b"\x10\x20\x30\x00" * 64 * 64)):
        layer = document.createNode(name, "paintlayer")
        if pixels is not None:
            layer.setPixelData(pixels, 0, 0, 64, 64)
        document.rootNode().addChildNode(layer, None)
        yield 300
        document.setActiveNode(layer)
        yield 300
        driver.dialog.apply_button.click()
        yield from driver.until(lambda: not driver.busy(), f"the end of {name}")
        said[name] = driver.said()
    for name, model, depth, side in (("tiny", "RGBA", "U8", 1),):
        other = driver.app.createDocument(side, side, name, model, depth, "", 72.0)
        driver.app.activeWindow().addView(other)
        yield 1000
        driver.dialog.apply_button.click()
        yield from driver.until(lambda: not driver.busy(), f"the end of {name}")
        said[name] = driver.said()
        yield 200
        driver.shot(f"refusals-{name.replace(' ', '-')}")
