#!/bin/sh
# Takes a picture of every screen, in both languages and themes, on a display of
# its own, into docs/screenshots.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LANG=C.UTF-8 HOME="$folder" XDG_CONFIG_HOME="$folder"
xvfb-run -a -s '-screen 0 1600x2400x24' sh -c '
	openbox &
	manager=$!
	./parley gallery --out docs/screenshots || failed=$?
	kill "$manager"
	exit "${failed:-0}"
'
