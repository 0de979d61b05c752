"""What a hand does with the mouse: menus, boxes of words, sliders, tabs, rows."""

from gramarye_krita.qt import QtWidgets


def filter_menu(driver, name, shot=""):
    """Filter ▸ Style Transfer ▸ the action of this name, by three clicks."""
    bar = driver.window().menuBar()
    entry = next(one for one in bar.actions() if one.text().replace("&", "") == "Filter")
    at(driver, bar, bar.actionGeometry(entry))
    yield from driver.until(entry.menu().isVisible, "the Filter menu")
    yield 300
    parent = action_of(entry.menu(), "gramarye_menu")
    at(driver, entry.menu(), entry.menu().actionGeometry(parent))
    yield from driver.until(parent.menu().isVisible, "the submenu")
    yield 300
    if shot:
        driver.shot(shot)
    at(driver, parent.menu(), parent.menu().actionGeometry(action_of(parent.menu(), name)))


def action_of(menu, name):
    return next(one for one in menu.actions() if one.objectName() == name)


def in_menu(driver, menu, words):
    """An entry of a menu that is open, by its words."""
    yield from driver.until(menu.isVisible, "the menu")
    yield 200
    entry = next(one for one in menu.actions() if one.text().replace("&", "").startswith(words))
    at(driver, menu, menu.actionGeometry(entry))


def in_box(driver, box, value):
    """A box of words is opened, and the words for a value are clicked."""
    driver.click(box)
    view = box.view()
    yield from driver.until(view.isVisible, f"the words of {box.objectName()}")
    yield 300
    row = next(row for row in range(box.count()) if box.itemData(row) == value)
    at(driver, view.viewport(), view.visualRect(box.model().index(row, 0)))
    yield from driver.until(lambda: box.value() == value, f"{value} in {box.objectName()}")
    yield 200


def along(driver, slider, share):
    """A slider's handle is dragged to a share of its way."""
    option = QtWidgets.QStyleOptionSlider()
    slider.initStyleOption(option)
    part = slider.style().subControlRect(
        QtWidgets.QStyle.ComplexControl.CC_Slider,
        option,
        QtWidgets.QStyle.SubControl.SC_SliderHandle,
        slider,
    )
    start = slider.mapToGlobal(part.center())
    end = slider.mapToGlobal(slider.rect().topLeft()).x() + round(share * slider.width())
    drag(driver, start, end - start.x())
    yield 300


def drag(driver, start, across):
    """From a point of the screen, in two moves as a hand makes many."""
    driver.xdotool("mousemove", "--sync", start.x(), start.y(), "sleep", 0.1, "mousedown", 1)
    half = start.x() + across // 2
    driver.xdotool("mousemove", "--sync", half, start.y(), "sleep", 0.1)
    driver.xdotool("mousemove", "--sync", start.x() + across, start.y(), "sleep", 0.2)
    driver.xdotool("mouseup", 1)


def write(driver, field, words):
    """A click into a field of text, and other words in it."""
    driver.click(field)
    driver.xdotool("key", "ctrl+a")
    driver.xdotool("type", words)
    driver.xdotool("key", "Return")


def tick(driver, box):
    """A check box, where its mark is."""
    driver.click(box, 8)


def tab(driver, tabs, place):
    at(driver, tabs, tabs.tabRect(place))


def row(driver, tree, place):
    """A row of a list, at its first word."""
    area = tree.visualItemRect(tree.topLevelItem(place))
    driver.click(tree.viewport(), area.left() + 20, area.center().y())


def at(driver, widget, area):
    """The middle of an area of a widget."""
    driver.click(widget, area.center().x(), area.center().y())
