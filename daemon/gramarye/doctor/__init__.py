"""What is wrong with this installation, and the command that mends it.

A check is a function that returns findings; there is a module for each group of them, and
:mod:`.checkup` has all of them in order. Torch is imported in another process only (:mod:`.probe`).
"""
