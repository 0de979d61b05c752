"""The artist starts the daemon from Krita, and closes Krita in the middle of an endless job."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    dialog = driver.dialog
    yield from driver.until(dialog.daemon.start_button.isEnabled, "the start button")
    driver.click(dialog.daemon.start_button)
    yield from driver.ready()
    driver.choose(driver.args["style"])
    dialog.advanced.fields["steps"].set_value(100_000)
    dialog.apply_button.click()
    yield from driver.until(driver.stepping, "the first step")
