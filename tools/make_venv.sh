#!/bin/sh
# Makes the virtual environment with the first Python of 3.11 or newer; PYTHON=… names another one.
set -eu

venv=$1
fits='import sys; sys.exit(sys.version_info < (3, 11))'
without_venv=

for python in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
    if "$python" -c "$fits" >/dev/null 2>&1; then
        if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            "$python" -m venv "$venv" && exit 0
            rm -rf "$venv"
            exit 1
        fi
        without_venv=$python
    fi
done

if [ -n "$without_venv" ]; then
    echo "$without_venv has no module venv: run 'apt-get install python3-venv' as root and try again." >&2
else
    echo "ilink needs Python 3.11 or newer: run 'apt-get install python3 python3-venv' as root (Debian, Ubuntu) or 'brew install python' (macOS)." >&2
fi
exit 1
