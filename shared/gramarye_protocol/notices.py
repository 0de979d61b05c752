"""What daemons say so often that a client may say it in the artist's own language."""

BUILTIN_NOTICE = (
    "No VGG weights were found, so the built-in patch features are used (learnt from your style, "
    "no pretrained network). For better strokes: gramarye weights fetch vgg19"
)
"""Of a job, or a daemon, that would use VGG and has none."""
