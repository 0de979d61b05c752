"""The jobs of this window: each layer's progress, all of it together, and the ways to end it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..logic.batch import Batch, State, Task, overall
from ..qt import Qt, QtCore, QtWidgets
from ..translate import tr

_ID = Qt.ItemDataRole.UserRole
_PER_MILLE = 1000
_ROWS = 6
"""Lines of text that the list is as tall as."""
_NAME_WIDTH = 200
_BAR_WIDTH = 110
_ICONS = {
    State.DONE: QtWidgets.QStyle.StandardPixmap.SP_DialogApplyButton,
    State.KEPT: QtWidgets.QStyle.StandardPixmap.SP_DialogApplyButton,
    State.FAILED: QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning,
    State.CANCELLED: QtWidgets.QStyle.StandardPixmap.SP_DialogCancelButton,
}


class JobsPane(QtWidgets.QWidget):
    """A row for each layer; hidden while nothing was asked for."""

    cancel_pressed = QtCore.pyqtSignal(list)
    """Ids of the tasks to cancel."""
    keep_pressed = QtCore.pyqtSignal(list)
    """Ids of the tasks to stop, keeping the pictures as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, Any] = {}
        self._tasks: dict[str, Task] = {}
        self.list = QtWidgets.QTreeWidget()
        self.list.setObjectName("gramarye_jobs")
        self.list.setHeaderLabels([tr("Layer"), tr("Progress"), tr("State")])
        self.list.setRootIsDecorated(False)
        self.list.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setAccessibleName(tr("Jobs"))
        self.list.setFixedHeight(_ROWS * self.fontMetrics().lineSpacing())
        self.list.itemSelectionChanged.connect(self._enable)
        self.bar = QtWidgets.QProgressBar()
        self.bar.setObjectName("gramarye_bar")
        self.bar.setRange(0, _PER_MILLE)
        self.bar.setToolTip(tr("How far all layers are together"))
        self.keep_button = QtWidgets.QPushButton(tr("&Stop and Keep"))
        self.keep_button.setObjectName("gramarye_keep")
        self.keep_button.setToolTip(
            tr("Stop now, and make a layer of the picture as it stands, at its full size")
        )
        self.cancel_button = QtWidgets.QPushButton(tr("&Cancel"))
        self.cancel_button.setObjectName("gramarye_cancel")
        self.cancel_button.setToolTip(tr("Stop and add nothing; layers that are done stay"))
        for button, signal in (
            (self.keep_button, self.keep_pressed),
            (self.cancel_button, self.cancel_pressed),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda *_, signal=signal: signal.emit(self._meant()))
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.keep_button)
        row.addWidget(self.cancel_button)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self.hide()

    def show_batches(self, batches: Sequence[Batch]) -> None:
        """These batches, and nothing of the earlier ones."""
        tasks = [task for batch in batches for task in batch.tasks]
        if [task.id for task in tasks] != list(self._items):
            self._rebuild(tasks)
        self._tasks = {task.id: task for task in tasks}
        for task in tasks:
            self._show(self._items[task.id], task)
        self.bar.setValue(round(_PER_MILLE * overall(batches)))
        self.setVisible(bool(tasks))
        self._enable()

    def _rebuild(self, tasks: Sequence[Task]) -> None:
        self.list.clear()
        self._items = {}
        for task in tasks:
            item = QtWidgets.QTreeWidgetItem([task.name])
            item.setData(0, _ID, task.id)
            self.list.addTopLevelItem(item)
            self.list.setItemWidget(item, 1, _bar())
            self._items[task.id] = item
        self.list.resizeColumnToContents(0)
        self.list.setColumnWidth(0, min(self.list.columnWidth(0) + 8, _NAME_WIDTH))
        self.list.setColumnWidth(1, _BAR_WIDTH)
        if tasks:
            self.list.scrollToItem(self._items[tasks[-1].id])

    def _show(self, item: Any, task: Task) -> None:
        done = 0.0 if task.state in (State.FAILED, State.CANCELLED) else task.progress
        self.list.itemWidget(item, 1).setValue(round(_PER_MILLE * done))
        item.setText(2, task.words)
        item.setToolTip(0, task.name)
        item.setToolTip(2, task.words)
        if task.state in _ICONS:
            item.setIcon(2, self.style().standardIcon(_ICONS[task.state]))

    def _meant(self) -> list[str]:
        """The selected tasks that are not over; without any, all of them."""
        selected = [item.data(0, _ID) for item in self.list.selectedItems()]
        live = [name for name, task in self._tasks.items() if not task.ended]
        return [name for name in selected if name in live] or live

    def _enable(self) -> None:
        meant = [self._tasks[name] for name in self._meant() if name in self._tasks]
        self.cancel_button.setEnabled(bool(meant))
        self.keep_button.setEnabled(any(_can_be_kept(task) for task in meant))


def _can_be_kept(task: Task) -> bool:
    return task.preview is not None and not task.keeping


def _bar() -> Any:
    bar = QtWidgets.QProgressBar()
    bar.setRange(0, _PER_MILLE)
    bar.setMaximumHeight(bar.fontMetrics().height() + 2)
    return bar
