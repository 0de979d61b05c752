"""Paint a layer, and note which ZeroMQ it went through and what the plugin's entries are."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    import zmq

    driver.values["zmq"] = zmq.__file__
    driver.values["plugin"] = __import__("gramarye_krita").__file__
    driver.values["protocol"] = __import__("gramarye_protocol").__file__
    driver.values["shortcut"] = driver.app.action("gramarye_repeat").shortcut().toString()
    driver.choose(driver.args["style"])
    yield 300
    before = driver.layers()
    driver.dialog.apply_button.click()
    yield from driver.until(lambda: driver.layers() != before, "the new layer", 120)
    yield 300
    driver.values["layers"] = driver.layers()
