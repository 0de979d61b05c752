"""The recorded interpreter is gone: the Start button says what to do."""


def scenario(driver):
    yield from driver.absent()
    driver.dialog.daemon.start_button.click()
    yield from driver.until(lambda: driver.said() != "", "the sentence")
    driver.values["said"] = driver.said()
    driver.values["button"] = driver.dialog.daemon.start_button.isEnabled()
    yield 300
    driver.shot("start-fails")
