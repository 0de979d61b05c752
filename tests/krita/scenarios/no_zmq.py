"""Krita's Python has no zmq: the menu entry and the docker stay, and say what to install."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    driver.values["said"] = yield from driver.message("no-zmq")
    driver.docker()
    yield 500
    driver.values["docker"] = driver.docker().note.text()
    driver.shot("no-zmq-docker")
