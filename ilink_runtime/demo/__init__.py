"""`ilink demo`: an invented world of bureaus, officers and messages, and the server with it.

All persons, numbers, firms and cases are invented. Nothing here is loaded by `ilink serve`.
"""

from __future__ import annotations

from ilink_runtime.demo.officers import OFFICERS, Officer
from ilink_runtime.demo.server import run

__all__ = ["OFFICERS", "Officer", "run"]
