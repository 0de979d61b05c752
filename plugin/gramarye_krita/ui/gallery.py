"""The gallery: pictures to choose one or several styles from."""

from __future__ import annotations

from typing import Any

from ..host import icon
from ..logic.gallery import Gallery, name_of, ready_made
from ..qt import QAction, Qt, QtCore, QtGui, QtWidgets
from ..translate import tr
from .parts import draw_hint
from .thumbnails import SIDE, Thumbnails

_PATH = Qt.ItemDataRole.UserRole
_CELL = QtCore.QSize(SIDE + 18, SIDE + 30)


class GalleryPane(QtWidgets.QWidget):
    """Recent, favourite and ready-made styles, and the ways to bring in more."""

    chosen = QtCore.pyqtSignal(list)
    """Paths of the styles that are selected now."""
    liked = QtCore.pyqtSignal(str, bool)
    removed = QtCore.pyqtSignal(str)
    file_wanted = QtCore.pyqtSignal()
    layer_wanted = QtCore.pyqtSignal()
    paste_wanted = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._gallery = Gallery()
        self._chosen: list[str] = []
        self._filling = False
        self.tabs = QtWidgets.QTabBar()
        self.tabs.setObjectName("gramarye_gallery_tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for words in (tr("Recent"), tr("Favourites"), tr("Ready-made")):
            self.tabs.addTab(words)
        self.tabs.currentChanged.connect(lambda *_: self._fill())
        self.list = _Pictures()
        self.list.itemSelectionChanged.connect(self._selected)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self._thumbnails = Thumbnails(self, self.devicePixelRatioF)
        self._thumbnails.arrived.connect(self._renew)
        self._build_buttons()
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.list, 1)
        column.addSpacing(6)
        column.addLayout(self._row)

    # --- from outside

    def show_gallery(self, gallery: Gallery) -> None:
        """Show these styles; at first the tab that has some."""
        first = not self._gallery.recent and not self._gallery.favourites and not self.list.count()
        self._gallery = gallery
        if first and not gallery.recent:
            self.tabs.setCurrentIndex(1 if gallery.favourites else 2)
        self._fill()

    def choose(self, paths: list[str]) -> None:
        """Select these styles, in a tab where the first of them stands."""
        self._chosen = list(paths)
        if paths:
            place = next((i for i in range(3) if paths[0] in self._paths(i)), None)
            here = paths[0] in self._paths(self.tabs.currentIndex())
            if place is not None and not here:
                self.tabs.setCurrentIndex(place)
        self._fill()

    # --- inside

    def _paths(self, tab: int) -> tuple[str, ...]:
        return (self._gallery.recent, self._gallery.favourites, ready_made())[tab]

    def _fill(self) -> None:
        self._filling = True
        self.list.clear()
        for path in self._paths(self.tabs.currentIndex()):
            name = name_of(path)
            words = f"★ {name}" if path in self._gallery.favourites else name
            item = QtWidgets.QListWidgetItem(self._thumbnails.icon(path), words)
            item.setData(_PATH, path)
            item.setToolTip(path if name in path else name)
            item.setSizeHint(_CELL)
            self.list.addItem(item)
            item.setSelected(path in self._chosen)
            if self._chosen and path == self._chosen[0]:
                self.list.setCurrentItem(item, QtCore.QItemSelectionModel.SelectionFlag.NoUpdate)
        self.list.hint = (
            tr("Drop a painting here, paste one, or press Add"),
            tr("Select a style and press the star to keep it here"),
            "",
        )[self.tabs.currentIndex()]
        self._filling = False
        self._enable()

    def _selected(self) -> None:
        if self._filling:
            return
        here = [item.data(_PATH) for item in self.list.selectedItems()]
        shown = self._paths(self.tabs.currentIndex())
        adding = self.list.adding()
        others = [path for path in self._chosen if path not in shown] if adding else []
        kept = [path for path in self._chosen if path in here]
        self._chosen = [*others, *kept, *(path for path in here if path not in kept)]
        self._enable()
        self.chosen.emit(list(self._chosen))

    def _enable(self) -> None:
        path = self._first()
        self.like_button.setEnabled(path is not None)
        self.like_button.setChecked(path in self._gallery.favourites)
        self.remove_button.setEnabled(path is not None and path not in ready_made())

    def _first(self) -> str | None:
        """The style that the buttons are about."""
        items = self.list.selectedItems()
        return items[0].data(_PATH) if items else None

    def _renew(self, path: str) -> None:
        for index in range(self.list.count()):
            item = self.list.item(index)
            if item.data(_PATH) == path:
                item.setIcon(self._thumbnails.icon(path))

    def _build_buttons(self) -> None:
        self.add_button = QtWidgets.QPushButton(tr("&Add"))
        self.add_button.setObjectName("gramarye_add")
        self.add_button.setToolTip(tr("Bring in a picture as a style"))
        self.add_button.setAutoDefault(False)
        menu = QtWidgets.QMenu(self.add_button)
        self.add_actions = [
            _action(menu, tr("Picture &File…"), "document-open", self.file_wanted),
            _action(menu, tr("&Layer or Open Picture…"), "paintLayer", self.layer_wanted),
            _action(menu, tr("&Paste"), "edit-paste", self.paste_wanted),
        ]
        self.add_button.setMenu(menu)
        self.like_button = QtWidgets.QPushButton("★")
        self.like_button.setObjectName("gramarye_like")
        self.like_button.setCheckable(True)
        self.like_button.setToolTip(tr("Keep the selected style among the favourites"))
        self.like_button.setAccessibleName(tr("Favourite"))
        self.like_button.clicked.connect(self._like)
        self.remove_button = QtWidgets.QPushButton(tr("Re&move"))
        self.remove_button.setObjectName("gramarye_remove")
        self.remove_button.setToolTip(
            tr("Take the selected style out of the gallery; its file stays where it is")
        )
        self.remove_button.clicked.connect(self._remove)
        for button in (self.like_button, self.remove_button):
            button.setAutoDefault(False)
        self.like_button.setFixedWidth(self.like_button.sizeHint().height() + 8)
        self._row = QtWidgets.QHBoxLayout()
        self._row.addWidget(self.add_button)
        self._row.addStretch(1)
        self._row.addWidget(self.like_button)
        self._row.addWidget(self.remove_button)

    def _like(self) -> None:
        path = self._first()
        if path is not None:
            self.liked.emit(path, path not in self._gallery.favourites)

    def _remove(self) -> None:
        path = self._first()
        if path is not None:
            self.removed.emit(path)

    def _open_menu(self, place: Any) -> None:
        path = self._first()
        if path is None:
            return
        menu = QtWidgets.QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        liked = path in self._gallery.favourites
        words = tr("No Longer a Favourite") if liked else tr("Keep as a Favourite")
        menu.addAction(words).triggered.connect(lambda *_: self._like())
        if path not in ready_made():
            menu.addAction(tr("Remove from Gallery")).triggered.connect(lambda *_: self._remove())
        menu.popup(self.list.viewport().mapToGlobal(place))


class _Pictures(QtWidgets.QListWidget):
    """Icons in rows, several of which can be selected; a hint where there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gramarye_gallery")
        self.hint = ""
        self._adding = False
        self.setViewMode(QtWidgets.QListView.ViewMode.IconMode)
        self.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setResizeMode(QtWidgets.QListView.ResizeMode.Adjust)
        self.setMovement(QtWidgets.QListView.Movement.Static)
        self.setIconSize(QtCore.QSize(SIDE, SIDE))
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAcceptDrops(False)  # the dialog takes what is dropped anywhere on it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(_CELL.height() + 8)
        self.setAccessibleName(tr("Styles"))
        self.setToolTip(tr("Hold Ctrl to mix several styles"))

    def adding(self) -> bool:
        """Whether what is selected now comes to what was selected elsewhere."""
        return self._adding

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """With Ctrl or Shift, styles that were chosen in other tabs stay chosen."""
        held = event.modifiers()
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        self._adding = bool(held & both)
        super().mousePressEvent(event)
        self._adding = False

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """The hint, where there is nothing else."""
        super().paintEvent(event)
        if self.count() == 0 and self.hint:
            painter = QtGui.QPainter(self.viewport())
            painter.setPen(self.palette().color(QtGui.QPalette.ColorRole.PlaceholderText))
            draw_hint(painter, self.viewport().rect(), self.hint)
            painter.end()


def _action(menu: Any, text: str, icon_name: str, signal: Any) -> Any:
    action = QAction(icon(icon_name), text, menu)
    action.triggered.connect(lambda *_: signal.emit())
    menu.addAction(action)
    return action
