"""What compiled national adapters use: trees, notes of what happened, and converters both ways.

A national record and a message are both a tree: objects, lists and scalars, as JSON has them. A
compiled adapter carries one into the other; what it cannot carry becomes leftovers.
"""
