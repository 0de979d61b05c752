"""The plugin cannot be loaded: its menu entry is there, and says why."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    driver.values["said"] = yield from driver.message("broken-plugin")
    yield 300
