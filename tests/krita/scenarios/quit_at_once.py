"""Nothing: Krita builds its caches and ends."""


def scenario(driver):
    yield 1000
