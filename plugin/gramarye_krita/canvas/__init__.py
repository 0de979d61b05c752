"""The artist's document: what is read from it, and what is written into it.

Only the GUI thread may call what touches Krita. No Krita node is kept while a job runs: the artist
may delete it, and then the handle is stale. The document and the layer's own id are kept, and the
layer is looked for again.
"""
