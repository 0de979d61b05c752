"""The daemon is killed in the middle of a job, without a word."""

import os
import signal


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    before = driver.layers()
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    driver.dialog.apply_button.click()
    yield from driver.until(lambda: "Step" in driver.said(), "the first step")
    os.kill(driver.args["daemon"], signal.SIGKILL)
    yield from driver.until(driver.dialog.start_button.isEnabled, "the daemon to be missed")
    driver.values["said"] = driver.said()
    driver.values["layers added"] = len(driver.layers()) - len(before)
    yield 300
    driver.shot("daemon-dies")
