"""Addresses where no daemon of ours listens: each is told apart in the dialog."""


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    dialog = driver.dialog
    told = driver.values["told"] = {}
    for name, address in driver.args["addresses"].items():
        dialog.daemon.address.setText(address)
        dialog.daemon.address.editingFinished.emit()
        expected = driver.args["expected"][name]
        yield from driver.until(
            lambda words=expected: words in dialog.daemon.label.text() + driver.said(), name
        )
        told[name] = dialog.apply_button.isEnabled()
        yield 200
        driver.shot(f"strangers-{name}")
