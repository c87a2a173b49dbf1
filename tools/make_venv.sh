#!/bin/sh
# Makes the virtual environment with the first Python of 3.11 or newer that is found.
set -eu

venv=$1
fits='import sys; sys.exit(sys.version_info < (3, 11))'

python=
for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c "$fits" >/dev/null 2>&1; then
        python=$name
        break
    fi
done

if [ -z "$python" ]; then
    echo "ilink needs Python 3.11 or newer: install python3 and python3-venv (Debian, Ubuntu) or run 'brew install python' (macOS)." >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "$python comes without the module venv: run 'apt-get install python3-venv' (Debian, Ubuntu)." >&2
    exit 1
fi

"$python" -m venv "$venv"
