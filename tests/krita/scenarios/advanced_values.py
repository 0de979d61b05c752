"""Another value for each setting of the advanced section."""

ADVANCED = {
    "features": "builtin",
    "style_statistic": "wasserstein",
    "style_layers": ("octave1", "octave2+"),
    "content_layers": ("octave3",),
    "style_distance": "rmse",
    "content_distance": "rmse",
    "augment": True,
    "match_histogram": False,
    "init": "noise",
    "steps": 7,
    "optimiser": "adam",
    "averaging": 0.5,
    "seed": 11,
    "content_weight": 0.25,
    "style_weight": 3.0,
    "total_variation": 0.5,
    "dtype": "float64",
    "tile": "off",
    "max_memory": 2_000_000_000,
}
