"""Getting VGG weights onto this machine: fetching, importing, listing and verifying them.

Reading them is the engine's own business (:mod:`gramarye.engine.weights`). Here a checkpoint of any
kind becomes a small safetensors file in the user's cache, with the convolutions only and, beside
them, where they come from and what input they expect.
"""
