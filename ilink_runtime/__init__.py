"""The runtime of ilink: it reads one bundle of the standard and serves it."""

__version__ = "0.1.0"
