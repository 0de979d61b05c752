#!/bin/sh
# A program of the machine, run from inside a root: it lies there under the name of the program.
exec nsenter --target "$GRAMARYE_OUTSIDE" --mount -- /usr/bin/env --chdir="$PWD" "$0" "$@"
