"""How the fetching of a network stands, in words."""

from __future__ import annotations

from gramarye_protocol import WeightsReport

from ..model import features_words
from ..translate import tr


def megabytes(count: int) -> str:
    """A number of bytes, as one would say it."""
    return f"{count / 1e6:.0f}"


def get_words(report: WeightsReport) -> str:
    """What a button says that leads to a network."""
    return tr("Get {network}…", network=features_words(report.network))


def why_words(report: WeightsReport) -> str:
    """What the artist has of it."""
    return tr(
        "{network} was trained on a million photographs and sees strokes and shapes that the "
        "built-in features miss. The daemon fetches it once, for all its artists, and uses it from "
        "the next job on. You can paint meanwhile.",
        network=features_words(report.network),
    )


def offer_words(report: WeightsReport) -> str:
    """How large it is, from where it comes, and whose it is."""
    words = tr(
        "{size} MB from {source}, of which {kept} MB stay on the daemon's disk.",
        size=megabytes(report.size),
        source=report.source,
        kept=megabytes(report.kept),
    )
    if report.have:
        words += " " + tr("{have} MB are here already.", have=megabytes(report.have))
    return f"{words} {report.note}".strip()


def arriving_words(report: WeightsReport) -> str:
    """How far it is."""
    network = features_words(report.network)
    if report.state == "checking" or (report.size and report.have == report.size):
        return tr("{network} is here and is being checked…", network=network)
    return tr(
        "{network}: {have} of {size} MB",
        network=network,
        have=megabytes(report.have),
        size=megabytes(report.size),
    )


def arrived_words(report: WeightsReport) -> str:
    """That it is there."""
    return tr(
        "{network} is here. Your next painting uses it.", network=features_words(report.network)
    )
