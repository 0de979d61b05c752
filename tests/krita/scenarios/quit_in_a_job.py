"""Krita is closed in the middle of a job."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    driver.dialog.quality_box.setCurrentIndex(driver.dialog.quality_box.findData("best"))
    driver.dialog.apply_button.click()
    yield from driver.until(lambda: "Step" in driver.said(), "the first step")
