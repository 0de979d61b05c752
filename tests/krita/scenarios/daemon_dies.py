"""The daemon falls silent in the middle of a job and comes back, and is killed in the next one and
started again: each job goes on, and ends in its layer."""

import os
import signal


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    before = driver.layers()
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    for name, end in (("silent", signal.SIGSTOP), ("killed", signal.SIGKILL)):
        driver.dialog.apply_button.click()
        yield from driver.until(driver.stepping, f"the first step, {name}")
        os.kill(driver.args["daemon"], end)
        yield from driver.until(driver.dialog.daemon.start_button.isEnabled, f"the loss, {name}")
        driver.values[name] = driver.jobs()[-1]
        driver.values[f"cancel while {name}"] = driver.dialog.jobs.cancel_button.isEnabled()
        driver.shot(f"daemon-{name}")
        if end == signal.SIGSTOP:
            os.kill(driver.args["daemon"], signal.SIGCONT)
        yield from driver.until(lambda: "Done" in driver.said(), f"the end, {name}", 90)
        yield 300
    driver.values["layers added"] = len(driver.layers()) - len(before)
