"""The picture for the README: the dialog beside a finished result."""


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1500
    before = driver.layers()
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    dialog.move(870, 220)
    dialog.files_dropped.emit([driver.args["style"]])
    dialog.daemon.address.setText("tcp://127.0.0.1:5599")
    dialog.apply_button.click()
    yield from driver.until(lambda: driver.layers() != before, "the new layer", 500)
    document.waitForDone()
    yield 1500
    driver.xdotool("mousemove", 1590, 990)
    yield 500
    driver.shot("showcase")
