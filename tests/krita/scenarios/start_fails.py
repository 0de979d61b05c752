"""The recorded interpreter is gone: the Start button says what to do."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.until(driver.dialog.daemon.start_button.isEnabled, "the start button")
    driver.dialog.daemon.start_button.click()
    yield from driver.until(lambda: driver.said() != "", "the sentence")
    driver.values["said"] = driver.said()
    driver.values["button"] = driver.dialog.daemon.start_button.isEnabled()
    yield 300
    driver.shot("start-fails")
