"""Krita is closed in the middle of a job."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    driver.dialog.controls.quality.set_value("best")
    driver.dialog.apply_button.click()
    yield from driver.until(driver.stepping, "the first step")
