#!/bin/sh
# Turns a Raspberry Pi or a Debian mini PC into a wall screen. Run it again after every change.
set -eu

usage() {
    cat <<'TEXT'
sudo ./install.sh --url URL [options]    make this machine a wall screen
sudo ./install.sh --uninstall            make it an ordinary machine again

  --url URL          the server, such as http://wall.example.com:8080
  --token-link LINK  what `cheerboard screen add NAME --board SLUG` printed; without it the screen
                     asks to be paired each time it starts
  --name NAME        what the server and the boot page call this box (its host name)
  --hours HOURS      when the TV is on, such as "mon-fri 08:00-18:00, sat 09:00-13:00"; the hours
                     of the board on the server count as well
  --rotate DEGREES   90, 180 or 270
  --mode MODE        such as 1920x1080; a Raspberry Pi 4 should not draw more
  --root DIR         install into a mounted image instead of this machine
  --dry-run          print every step, change nothing
TEXT
}

fail() {
    echo "install.sh: $*" >&2
    exit 2
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
lib=/usr/local/lib/cheerboard-kiosk
units="cheerboard-board.service cheerboard-agent.service cheerboard-gpu.service"
timers="cheerboard-nightly.timer cheerboard-reboot.timer"
packages="cage chromium chromium-sandbox python3 v4l-utils wlr-randr libpam-systemd dbus-user-session fonts-noto-core ca-certificates"
url='' link='' name='' hours='' rotate='' mode='' root='' dry='' uninstall=''

while [ $# -gt 0 ]; do
    case "$1" in
        --url | --token-link | --name | --hours | --rotate | --mode | --root)
            [ $# -gt 1 ] || fail "$1 needs a value."
            case "$2" in *"'"* | *'
'*) fail "the value of $1 has a quote or a line break in it." ;; esac
            ;;
    esac
    case "$1" in
        --url) url=${2%/}; shift ;;
        --token-link) link=$2; shift ;;
        --name) name=$2; shift ;;
        --hours) hours=$2; shift ;;
        --rotate) rotate=$2; shift ;;
        --mode) mode=$2; shift ;;
        --root) root=${2%/}; shift ;;
        --dry-run) dry=yes ;;
        --uninstall) uninstall=yes ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; fail "there is no option $1." ;;
    esac
    shift
done

# Steps: each says what it does, does nothing in a dry run, and nothing twice.

say() {
    echo "${dry:+would }$*"
}

do_it() {
    say "run: $*"
    [ -n "$dry" ] || "$@"
}

here_only() { # what makes no sense in an image that is not running
    if [ -n "$root" ]; then
        echo "left to the first start of the image: $*"
    else
        do_it "$@"
    fi
}

put() { # FILE PLACE MODE
    if cmp -s "$1" "$root$2"; then
        echo "unchanged: $2"
    else
        say "write: $2"
        [ -n "$dry" ] || install -D -m "$3" "$1" "$root$2"
    fi
}

drop() {
    if [ -e "$root$1" ]; then
        say "remove: $1"
        [ -n "$dry" ] || rm -rf -- "$root$1"
    fi
}

filled() { # TEMPLATE: with this box's own words
    host=${url#*://}
    case "$host" in \[*) host=${host%%]*}] ;; *) host=${host%%:*} ;; esac
    sed -e "s|@ORIGIN@|$url|g" -e "s|@HOST@|$host|g" -e "s|@LIB@|$lib|g" "$1"
}

check_system() {
    [ -r "$root/etc/os-release" ] || fail "this is no Linux that says what it is (no /etc/os-release)."
    # shellcheck disable=SC1091 # the machine's own
    system=$(. "$root/etc/os-release" && echo "${ID:-unknown} ${VERSION_CODENAME:-unknown}")
    case "$system" in
        "debian trixie" | "raspbian trixie") ;;
        *) fail "only Debian 13 and Raspberry Pi OS of the same age (trixie) are known to work; this is $system." ;;
    esac
    case "$(uname -m)" in
        aarch64 | x86_64) ;;
        *) fail "only 64-bit Raspberry Pis and PCs are known to work; this is $(uname -m)." ;;
    esac
}

check_words() {
    printf '%s\n' "$url" | grep -Eqx 'https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:[0-9]+)?' ||
        fail "--url is the server's address without a path, such as http://wall.example.com:8080."
    case "$link" in
        '' | "$url/screen?token="?*) ;;
        *) fail "--token-link is the link that \`cheerboard screen add\` printed, and begins with $url/screen?token=." ;;
    esac
    case "$rotate" in '' | 90 | 180 | 270) ;; *) fail "--rotate is 90, 180 or 270." ;; esac
    printf '%s\n' "$mode" | grep -Eqx '|[0-9]+x[0-9]+(@[0-9.]+(Hz)?)?' || fail "--mode looks like 1920x1080."
    printf '%s\n' "$name" | grep -Eqx '[A-Za-z0-9 ._-]{0,60}' || fail "--name is made of letters, digits, spaces, dots and hyphens."
    printf '%s\n' "$hours" | grep -Eqx '[a-z0-9:, -]*' || fail "--hours look like \"mon-fri 08:00-18:00, sat 09:00-13:00\"."
    if command -v python3 >/dev/null; then
        PYTHONPATH=$here python3 -Bc 'import sys, agent; agent.read_hours(sys.argv[1])' "$hours" 2>/dev/null ||
            fail "--hours look like \"mon-fri 08:00-18:00, sat 09:00-13:00\"."
    fi
}

settings() {
    cat <<TEXT
# Written by install.sh; run it again to change it. The link is this screen's key.
KIOSK_URL='$url'
KIOSK_LINK='${link:-$url/screen}'
KIOSK_NAME='${name:-$(cat "$root/etc/hostname" 2>/dev/null || uname -n)}'
KIOSK_HOURS='$hours'
KIOSK_ROTATE='$rotate'
KIOSK_MODE='$mode'
TEXT
}

place_files() {
    for file in agent.py launch-board display-power gpu-watch; do
        put "$here/$file" "$lib/$file" 755
    done
    for file in boot/index.html boot/boot.css boot/boot.js cursor/default/cursors/default cursor/default/cursors/left_ptr; do
        put "$here/$file" "$lib/$file" 644
    done
    # The wall's own type, where the whole checkout is at hand.
    for pair in bricolage-grotesque-5.3.0-latin:display atkinson-hyperlegible-next-5.3.0-latin:words; do
        font=$here/../static/fonts/${pair%:*}.woff2
        [ ! -r "$font" ] || put "$font" "$lib/boot/${pair#*:}.woff2" 644
    done
    made=$(mktemp -d)
    filled "$here/policies/cheerboard-kiosk.json" >"$made/policies"
    put "$made/policies" /etc/chromium/policies/managed/cheerboard-kiosk.json 644
    settings >"$made/settings"
    put "$made/settings" /etc/cheerboard-kiosk/kiosk.env 600
    rm -r "$made"
    put "$here/systemd/sysusers.conf" /etc/sysusers.d/cheerboard-kiosk.conf 644
    put "$here/systemd/watchdog.conf" /etc/systemd/system.conf.d/cheerboard-kiosk.conf 644
    put "$here/systemd/journal.conf" /etc/systemd/journald.conf.d/cheerboard-kiosk.conf 644
    for unit in $units $timers cheerboard-nightly.service cheerboard-reboot.service; do
        put "$here/systemd/$unit" "/etc/systemd/system/$unit" 644
    done
}

install_all() {
    [ -n "$url" ] || { usage >&2; fail "--url is missing."; }
    check_system
    check_words
    here_only apt-get update -q
    # shellcheck disable=SC2086 # a list of words
    here_only env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
    place_files
    do_it systemd-sysusers --root="$root/" cheerboard-kiosk.conf
    # The first console belongs to the wall; Ctrl-Alt-F2 still leads to a sign-in.
    do_it systemctl --root="$root/" --quiet mask getty@tty1.service
    # shellcheck disable=SC2086 # a list of words
    do_it systemctl --root="$root/" --quiet enable $units $timers
    here_only systemctl daemon-reload
    here_only systemctl restart systemd-journald.service
    # shellcheck disable=SC2086 # a list of words
    here_only systemctl restart $units $timers
    echo "${dry:+(nothing was changed) }The wall is at $url; the journal: journalctl -u 'cheerboard-*'"
}

uninstall_all() {
    # shellcheck disable=SC2086 # a list of words
    here_only systemctl stop $timers $units
    # shellcheck disable=SC2086 # a list of words
    [ ! -e "$root/etc/systemd/system/cheerboard-board.service" ] ||
        do_it systemctl --root="$root/" --quiet disable $units $timers
    do_it systemctl --root="$root/" --quiet unmask getty@tty1.service
    for unit in $units $timers cheerboard-nightly.service cheerboard-reboot.service; do
        drop "/etc/systemd/system/$unit"
    done
    for file in "$lib" /etc/cheerboard-kiosk /etc/chromium/policies/managed/cheerboard-kiosk.json \
        /etc/sysusers.d/cheerboard-kiosk.conf /etc/systemd/system.conf.d/cheerboard-kiosk.conf \
        /etc/systemd/journald.conf.d/cheerboard-kiosk.conf; do
        drop "$file"
    done
    if grep -q '^cheerboard-kiosk:' "$root/etc/passwd" 2>/dev/null; then
        do_it userdel ${root:+--prefix "$root"} cheerboard-kiosk
    fi
    here_only systemctl daemon-reload
    here_only systemctl start getty@tty1.service
    echo "${dry:+(nothing was changed) }This is an ordinary machine again; the packages stay."
}

if [ -z "$dry" ] && [ "$(id -u)" != 0 ]; then
    fail "this changes the system: run it with sudo, or look with --dry-run."
fi
if [ -n "$uninstall" ]; then uninstall_all; else install_all; fi
