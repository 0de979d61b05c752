"""What the plugin knows and decides, without Krita and without Qt: any Python can test it."""
