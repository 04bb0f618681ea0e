#!/bin/sh
# Installs what Parley needs to build and run; with "test" also what its tests
# need, and with "bench" what it is measured beside. Says nothing when nothing is missing.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/build:$PATH:/usr/local/go/bin"

build_packages="gcc g++ make git ca-certificates pkg-config libgl1-mesa-dev libgl1-mesa-dri xorg-dev libwayland-dev
libxkbcommon-dev libvpx-dev libopenh264-dev libdav1d-dev libopus-dev libopusfile-dev libspeexdsp-dev libpipewire-0.3-dev libyuv-dev libjpeg-dev"
test_packages="xvfb xauth xdotool openbox imagemagick x11-utils dbus-daemon pipewire pipewire-bin pulseaudio pulseaudio-utils
chromium chromium-sandbox firefox-esr fonts-noto-cjk fonts-dejavu-core janus wabt ffmpeg"

say() { printf 'setup: %s\n' "$*" >&2; }

has() { command -v "$1" >/dev/null 2>&1; }

# What the program carries besides its sources: modules.txt there says what, and from where.
modules=assets/dsp/modules

sha256() {
	if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

is_module() { [ -e "$modules/$2" ] && [ "$(sha256 "$modules/$2")" = "$1" ]; }

modules_complete() {
	while read -r sum name _; do
		is_module "$sum" "$name" || return 1
	done <<-EOF
		$(grep -v '^#' assets/dsp/modules.txt)
	EOF
}

# A registry that does not answer costs ten seconds a module, not more.
download() {
	if has curl; then
		curl -fsSL --connect-timeout 10 --speed-time 10 --speed-limit 1000 --max-time 120 --retry 2 --retry-max-time 10 "$1"
	else
		wget -nv -O - --timeout 10 --tries 1 "$1"
	fi
}

registry() {
	address=${npm_config_registry:-${NPM_CONFIG_REGISTRY:-}}
	[ -n "$address" ] || ! has npm || address=$(cd / && npm config get registry 2>/dev/null) || address=
	case "$address" in
	http*) echo "${address%/}" ;;
	*) echo https://registry.npmjs.org ;;
	esac
}

# fetch_module FOLDER SUM NAME PACKAGE FILE: unpacks the file in the folder.
fetch_module() {
	download "$(registry)/$4" >"$1/package.tgz" && tar -xzf "$1/package.tgz" -C "$1" "$5" || return
	if [ "$(sha256 "$1/$5")" != "$2" ]; then
		echo "$5 of $4 is not what assets/dsp/modules.txt pins" >&2
		return 1
	fi
	cat "$1/$5" >"$modules/$3"
}

# A build without them works: speexdsp does what they would do, not as well.
setup_modules() {
	modules_complete && return
	say "fetching the modules for echo and noise"
	folder=$(mktemp -d)
	grep -v '^#' assets/dsp/modules.txt >"$folder/wanted"
	lost=
	while read -r sum name package file; do
		is_module "$sum" "$name" || fetch_module "$folder" "$sum" "$name" "$package" "$file" 2>"$folder/why" || {
			lost="${lost:+$lost and }$name"
			reason=$(tail -n 1 "$folder/why")
		}
	done <"$folder/wanted"
	[ -z "$lost" ] ||
		say "warning: could not fetch $lost from $(registry) ($reason); until a later 'make setup' can, speexdsp does that work, not as well"
	rm -rf "$folder"
}

missing_debian() {
	installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ')"
	for package in "$@"; do
		case "$installed" in
		*" $package "*) ;;
		*) printf ' %s' "$package" ;;
		esac
	done
}

# Debian starts the services it installs, now and at every boot, unless a systemd
# preset is against it. The tests start what they need on ports of their own, so
# nothing should listen besides. What was installed before stays as it was, and
# the preset is gone after a restart: to use the service one day, just enable it.
leave_stopped() {
	presets=/run/systemd/system-preset
	$root mkdir -p "$presets"
	echo "disable $1.service" | $root tee "$presets/50-parley-$1.preset" >/dev/null
}

install_debian() {
	if [ "$(id -u)" = 0 ]; then
		root=
	elif has sudo; then
		root=sudo
	else
		say "this needs root, and there is no sudo. As root, run:"
		say "  apt-get update && apt-get install --no-install-recommends $*"
		exit 1
	fi
	say "installing $*"
	case " $* " in
	*" janus "*) leave_stopped janus ;;
	esac
	$root apt-get update -q >/dev/null
	# PulseAudio and the PipeWire of a GNOME desktop exclude each other: what is in use stays.
	if ! $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends --no-remove "$@" >/dev/null; then
		say "that failed. To see why, and to decide what may be removed for it, run:"
		say "  ${root:+$root }apt-get install --no-install-recommends $*"
		exit 1
	fi
}

setup_debian() {
	want="$build_packages"
	case "$1" in
	test) want="$want $test_packages" ;;
	bench) want="$want $test_packages vpx-tools espeak-ng libfaketime" ;;
	esac
	# shellcheck disable=SC2086 # a list of words
	missing=$(missing_debian $want)
	[ "$1" = run ] || has node || missing="$missing nodejs"
	[ "$1" = run ] || has npm || missing="$missing npm"
	has go || missing="$missing golang-go"
	has curl || has wget || modules_complete || missing="$missing curl"
	# shellcheck disable=SC2086
	[ -z "$missing" ] || install_debian $missing
}

# Whether all that npm wrote down as installed is there, and is what the lock file asks for.
npm_complete() {
	written=node_modules/.package-lock.json
	[ -e "$written" ] && [ -z "$(find package-lock.json -newer "$written")" ] || return
	# shellcheck disable=SC2013 # names without blanks
	for package in $(sed -n 's/^    "\(node_modules\/.*\)": {$/\1/p' "$written"); do
		[ -e "$package/package.json" ] || return
	done
}

# The servers that Parley is tested against. The .npmrc there keeps npm to that:
# no scripts of the packages, no audit, no questions about money or updates.
setup_npm() (
	cd signaling/signalingtest/foreign
	npm_complete && return
	if ! has npm; then
		say "the tests need Node.js 18 or later with npm: install it, then run this again"
		exit 1
	fi
	say "installing npm packages for the tests"
	npm ci --loglevel=error >/dev/null
	touch node_modules/.package-lock.json
)

setup_mac() {
	if ! has brew; then
		say "install Homebrew from https://brew.sh first, then run this again"
		exit 1
	fi
	installed=" $(brew list --formula -1 | tr '\n' ' ')"
	formulae="go pkgconf libvpx openh264 dav1d opus opusfile speexdsp jpeg-turbo"
	[ "$1" = run ] || has npm || formulae="$formulae node"
	[ "$1" = run ] || formulae="$formulae wabt"
	for formula in $formulae; do
		case "$installed" in
		*" $formula "*) ;;
		*) brew install "$formula" ;;
		esac
	done
	# Not every Homebrew has this one, and there it may come from somewhere else.
	if [ ! -e "$(brew --prefix)/include/libyuv.h" ] && ! brew install libyuv; then
		say "build libyuv (https://chromium.googlesource.com/libyuv/libyuv) into $(brew --prefix), then run this again"
		exit 1
	fi
}

# Where there is no package list to compare with, the compiler's view decides.
can_build() { has go && has gcc && has pkg-config && pkg-config --exists vpx openh264 dav1d opus opusfile speexdsp libjpeg; }

setup_windows() {
	can_build && return
	say "Windows builds need MSYS2 (https://www.msys2.org). In its MINGW64 shell run:"
	say "  pacman -S --needed make git mingw-w64-x86_64-{go,gcc,pkgconf,libvpx,openh264,dav1d,opus,opusfile,speexdsp,libyuv,libjpeg-turbo}"
	say "then start 'make run' again from that shell."
	exit 1
}

setup_other() {
	can_build && pkg-config --exists libpipewire-0.3 && return
	say "not Debian or Ubuntu: install Go and the equivalents of $build_packages"
	exit 1
}

at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# Distributions lag behind the language, and theirs may be told not to fetch the
# Go that go.mod asks for, or be too old to. All can fetch the module it travels in.
setup_go() {
	wanted=$(sed -n 's/^go //p' go.mod)
	at_least "$(go version | sed 's/.* go\([0-9.]*\).*/\1/')" "$wanted" && return
	toolchain="golang.org/toolchain@v0.0.1-go$wanted.$(go env GOHOSTOS)-$(go env GOHOSTARCH)"
	fetched="$(cd / && go env GOMODCACHE)/$toolchain"
	if [ ! -x "$fetched/bin/go" ]; then
		say "fetching Go $wanted"
		(cd / && GOFLAGS='' GOTOOLCHAIN=local go mod download "$toolchain")
		chmod +x "$fetched"/pkg/tool/*/* "$fetched"/bin/*
	fi
	mkdir -p build
	ln -sfn "$fetched/bin/go" build/go
}

case "$(uname -s)" in
Linux)
	if has dpkg-query; then
		setup_debian "${1:-run}"
	else
		setup_other
	fi
	;;
Darwin) setup_mac "${1:-run}" ;;
MINGW* | MSYS*) setup_windows ;;
esac
setup_go
setup_modules
if [ "${1:-run}" = test ]; then
	setup_npm
fi
