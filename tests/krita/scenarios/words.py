"""The dialog in the language and at the density that Krita was started with."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1500
    yield from driver.open_dialog()
    dialog = driver.dialog
    yield from driver.until(lambda: dialog.preview.overview._image.width() > 0, "the overview")
    dialog.choose_styles([dialog.gallery.list.item(1).data(0x0100)])
    yield from driver.until(lambda: not dialog.preview.split.after.isNull(), "a preview", 90)
    yield 4000
    driver.values["title"] = dialog.windowTitle()
    driver.values["apply"] = dialog.apply_button.text()
    screen = dialog.screen().availableGeometry()
    driver.values["fits"] = screen.contains(dialog.geometry())
    least = dialog.minimumSizeHint()
    driver.values["least"] = [least.width(), least.height()]
    icon = dialog.gallery.list.item(1).icon()
    driver.values["icon"] = max(size.width() for size in icon.availableSizes())
    driver.values["ratio"] = dialog.devicePixelRatioF()
    driver.shot(driver.args["shot"])
