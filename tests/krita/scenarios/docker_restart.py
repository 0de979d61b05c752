"""Krita was closed in the middle of a job; now its result is inserted from the docker."""


def scenario(driver):
    driver.docker()
    yield from driver.until_row(0, "The result waits here", 120)
    driver.shot("docker-restart")
    driver.values["picture"] = (
        not driver.docker()._lines[next(iter(driver.docker()._lines))].picture.pixmap().isNull()
    )
    yield from driver.press("insert", 0)
    yield from driver.until_row(0, "new document")
    yield 600
    driver.values["rows"] = driver.docker_rows()
    document = driver.app.documents()[0]
    driver.values["size"] = [document.width(), document.height()]
    driver.values["documents"] = len(driver.app.documents())
