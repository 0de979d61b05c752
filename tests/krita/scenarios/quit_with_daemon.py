"""The artist starts the daemon from Krita, and closes Krita in the middle of an endless job."""


def scenario(driver):
    yield from driver.absent()
    dialog = driver.dialog
    driver.click(dialog.daemon.start_button)
    yield from driver.ready()
    driver.choose(driver.args["style"])
    dialog.advanced.fields["steps"].set_value(100_000)
    dialog.apply_button.click()
    yield from driver.until(driver.stepping, "the first step")
