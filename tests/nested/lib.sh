# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests share on this side, outside of the nested host. Sourced by
# each NAME.test, which then calls nested() as often as it likes.

set -euo pipefail
export LC_ALL=C

COLINUX_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$COLINUX_TOP/tests/nested
name=${TEST_NAME:-$(basename "$0" .test)}
out=${TEST_OUT:-$COLINUX_TOP/build/tests/nested/$name}
# shellcheck disable=SC2034 # for the tests
full=${TEST_FULL-}
mkdir -p "$out"

# shellcheck source=../program.sh
. "$COLINUX_TOP/tests/program.sh"

fail()
{
	echo "FAIL: $*"
	exit 1
}

skip()
{
	echo "$*"
	exit 77
}

runs=0

# nested [OPTION]...: run NAME.inside in a nested host. Everything after -- is
# for it; the logs go to a folder of the run's own. HOST_KERNEL=VERSION in the
# environment: on that kernel, for which the module is built already.
nested()
{
	local options=()

	[ -z "${HOST_KERNEL-}" ] || options+=(--kernel "$HOST_KERNEL")
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift $(($# > 0))
	runs=$((runs + 1))
	echo "== nested ${options[*]} $name.inside $*"
	"$COLINUX_TOP/tools/nested" --log "$out/host$runs" \
		--add "$here/inside.sh:/nested/inside.sh" "${options[@]}" \
		"$here/$name.inside" "$@"
}

# expect STATUS COMMAND...
expect()
{
	local wanted=$1 status=0

	shift
	"$@" || status=$?
	[ "$status" = "$wanted" ] || fail "$*: status $status, not $wanted"
}

# says FILE REGEX: FILE has a line that matches
says()
{
	grep -qaE -- "$2" "$1" || fail "$1: no line matches '$2'"
}

# guest_initrd SCRIPT [FILE:DEST]...: a RAM disk with a script of this folder
# and more files; sets with_guest, options for nested
guest_initrd()
{
	local script=$1

	shift
	"$here/guest-initrd" "$out/initrd" "$here/$script" "$@" ||
		fail "no RAM disk for the guest"
	# shellcheck disable=SC2034 # for the tests
	with_guest=(--add "$out/initrd:/guest/initrd")
}

# What a 6.12 host says at boot of Bochs' tigerlake, and is none of ours: some
# CPUID leaves do not fit together there, and with ITS on the kernel itself makes
# pages of its modules writable and executable.
# shellcheck disable=SC2034 # for the tests
tigerlake_says='x86/kernel/cpu/topology_common\.c:[0-9]+ parse_legacy'
tigerlake_says+='|x86/kernel/fpu/xstate\.c:[0-9]+ fpu__init_system_xstate'
tigerlake_says+='|x86/mm/pat/set_memory\.c:[0-9]+ __change_page_attr_set_clr'

# emulator_of qemu|bochs SUITE: bring it; fails, with the reason said, if it cannot
# be had at the moment. What else goes wrong is the test's failure.
emulator_of()
{
	local status=0

	"$COLINUX_TOP/tools/build/fetch-emulator" "$1" "$2" >/dev/null || status=$?
	case $status in
	0)	;;
	77)	echo "without $1 of $2"
		return 1 ;;
	*)	fail "$1 of $2" ;;
	esac
}

# module_for SERIES: build the module for another kernel; fails if this machine's
# apt knows none.
module_for()
{
	local version

	version=$("$COLINUX_TOP/tools/build/kver" "$1") || {
		echo "without a host of $1"
		return 1
	}
	"${MAKE:-make}" -C "$COLINUX_TOP" KDIR='' KVER="$version" kmod ||
		fail "no module for $version"
}
