"""The README's first steps: the menu that imports a plugin, and the one that opens the dialog."""

from gramarye_krita.qt import QtWidgets


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1500
    yield from _show(driver, "Tools", "Scripts", "Import Python Plugin from File", "import")
    yield from _show(driver, "Filter", "Style Transfer", "Style Transfer…", "menu")


def _show(driver, top, middle, last, name):
    """Open two menus by mouse, rest on an entry of the second, and take the screen."""
    bar = driver.window().menuBar()
    opened = []
    for owner, text in ((bar, top), (None, middle)):
        owner = owner or opened[-1]
        entry = _entry(owner, text)
        place = owner.actionGeometry(entry).center()
        driver.click(owner, place.x(), place.y())
        yield from driver.until(entry.menu().isVisible, text)
        yield 400
        opened.append(entry.menu())
    entry = _entry(opened[-1], last)
    place = opened[-1].mapToGlobal(opened[-1].actionGeometry(entry).center())
    for away in (6, 3, 0):  # a menu marks what the mouse moves over
        driver.xdotool("mousemove", place.x() - away, place.y())
        yield 60
    yield 200  # and then says more about it, in front of it
    driver.shot(f"first-{name}")
    edges = [one.mapToGlobal(one.rect().bottomRight()) for one in opened]
    driver.values[name] = [max(one.x() for one in edges), max(one.y() for one in edges)]
    for _ in opened:
        driver.xdotool("key", "Escape")
        yield 300


def _entry(owner, text):
    actions = [one for one in owner.actions() if one.text().replace("&", "").startswith(text)]
    assert actions, [one.text() for one in owner.actions()]
    return next(one for one in actions if one.menu() or isinstance(owner, QtWidgets.QMenu))
