"""Putting the plugin into Krita: every Krita of this user, or a zip that Krita itself imports.

Krita finds a plugin by ``pykrita/NAME.desktop`` and loads it when ``kritarc`` enables it. The
protocol is carried inside the plugin's folder, because Krita's Python knows no other packages, and
so is ZeroMQ, as the wheels that were published: the plugin unpacks the one that fits.
"""
