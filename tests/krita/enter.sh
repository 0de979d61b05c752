#!/bin/sh
# enter.sh ROOT TMP READABLE PYTHON WORDS…: run WORDS inside ROOT, a Debian root made by roots.py.
#
# The mounts belong to this process and those it starts: they are gone with the last of them,
# however it ends. /tmp and TMP are the machine's own, READABLE (the checkout) can only be read.
# PYTHON, xdotool and import run outside the root: see outside.sh.
set -eu
root=$1 tmp=$2 readable=$3 python=$4
shift 4
GRAMARYE_OUTSIDE=$PPID
export GRAMARYE_OUTSIDE
exec unshare --mount sh -c '
    set -eu
    root=$1 tmp=$2 readable=$3 python=$4
    shift 4
    here=$PWD
    for folder in /proc /sys /dev; do mount --rbind "$folder" "$root$folder"; done
    for folder in /tmp "$tmp"; do
        mkdir -p "$root$folder"
        mountpoint -q "$root$folder" || mount --bind "$folder" "$root$folder"
    done
    if [ -n "$readable" ]; then
        mkdir -p "$root$readable"
        mount --bind "$readable" "$root$readable"
        mount -o remount,bind,ro "$root$readable"
    fi
    outside() {
        folder=$(dirname "$1")
        mkdir -p "$root$folder"
        mount -t tmpfs -o mode=755 outside "$root$folder"
        cp "$root/usr/bin/outside" "$root$1"
    }
    if [ -n "$python" ]; then
        real=$(readlink -f "$python")  # environments made with it lead there
        outside "$python"
        if [ "$(dirname "$real")" != "$(dirname "$python")" ]; then outside "$real"; fi
    fi
    exec /usr/sbin/chroot "$root" /usr/bin/env --chdir="$here" "$@"
' enter "$root" "$tmp" "$readable" "$python" "$@"
