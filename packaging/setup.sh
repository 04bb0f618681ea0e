#!/bin/sh
# Installs what Parley needs to build and run; with "test" also what its tests
# need, and with "bench" what it is measured beside. Says nothing when nothing is missing.
set -eu

go_version=1.26.8
build_packages="gcc g++ make git ca-certificates pkg-config libgl1-mesa-dev libgl1-mesa-dri xorg-dev libxkbcommon-dev
libvpx-dev libopus-dev libopusfile-dev libyuv-dev"
test_packages="xvfb xauth xdotool openbox imagemagick x11-utils pulseaudio pulseaudio-utils
chromium firefox-esr fonts-noto-cjk fonts-dejavu-core"

say() { printf 'setup: %s\n' "$*" >&2; }

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		say "this needs root, and there is no sudo. As root, run: $*"
		exit 1
	fi
}

missing_debian() {
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || printf ' %s' "$package"
	done
}

setup_debian() {
	want="$build_packages"
	case "$1" in
	test) want="$want $test_packages" ;;
	bench) want="$want $test_packages vpx-tools" ;;
	esac
	# shellcheck disable=SC2086 # a list of words
	missing=$(missing_debian $want)
	[ "$1" != run ] && ! command -v node >/dev/null 2>&1 && missing="$missing nodejs"
	command -v go >/dev/null 2>&1 || [ -x /usr/local/go/bin/go ] || missing="$missing golang-go"
	[ -n "$missing" ] || return 0
	say "installing$missing"
	as_root apt-get update -q >/dev/null
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null
}

setup_mac() {
	if ! command -v brew >/dev/null 2>&1; then
		say "install Homebrew from https://brew.sh first, then run this again"
		exit 1
	fi
	for formula in go pkg-config libvpx opus opusfile libyuv; do
		brew list --formula "$formula" >/dev/null 2>&1 || brew install "$formula"
	done
}

setup_windows() {
	say "Windows builds need MSYS2 (https://www.msys2.org). In its MINGW64 shell run:"
	say "  pacman -S --needed make git mingw-w64-x86_64-{go,gcc,pkgconf,libvpx,opus,opusfile,libyuv}"
	say "then start 'make run' again from that shell."
	command -v gcc >/dev/null 2>&1 && command -v pkg-config >/dev/null 2>&1 && pkg-config --exists vpx opus
}

# Distributions lag behind the language. Go before 1.21 cannot fetch the
# toolchain that go.mod asks for, but it can fetch the module it travels in.
setup_go() {
	PATH="$PATH:/usr/local/go/bin"
	minor=$(go version | sed -n 's/.*go1\.\([0-9]*\).*/\1/p')
	[ "${minor:-0}" -lt 21 ] || return 0
	toolchain="golang.org/toolchain@v0.0.1-go$go_version.$(go env GOOS)-$(go env GOARCH)"
	root="$(go env GOMODCACHE)/$toolchain"
	if [ ! -x "$root/bin/go" ]; then
		say "fetching Go $go_version"
		(cd / && go mod download "$toolchain")
		chmod -R u+w "$root"
		chmod +x "$root"/bin/* "$root"/pkg/tool/*/*
	fi
	mkdir -p build
	ln -sfn "$root/bin/go" build/go
}

case "$(uname -s)" in
Linux)
	if command -v dpkg-query >/dev/null 2>&1; then
		setup_debian "${1:-run}"
	else
		say "not Debian or Ubuntu: install the equivalents of $build_packages"
	fi
	;;
Darwin) setup_mac ;;
MINGW* | MSYS*) setup_windows ;;
esac
setup_go
