# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Functions of the scripts tests/nested/NAME/test, which run outside the nested host.
# nested() runs NAME/inside in a nested host, as often as it is called.

set -euo pipefail
export LC_ALL=C

COLINUX_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
# The directory of the test, and the one of what several tests use.
here=$(cd "$(dirname "$0")" && pwd)
lib=$COLINUX_TOP/tests/nested/lib
name=$(basename "$here")
out=${TEST_OUT:-$COLINUX_TOP/build/tests/nested/$name}
# shellcheck disable=SC2034 # for the tests
full=${TEST_FULL-}
# The guests' architecture; tests/nested/run chooses it.
arch=${TEST_ARCH:-i386}
mkdir -p "$out"
# colinux-image finds its scripts in the tree.
export COLINUX_LIB_DIR=$COLINUX_TOP

# shellcheck source=program.sh
. "$lib/program.sh"
# shellcheck source=checks.sh
. "$lib/checks.sh"

skip()
{
	echo "$*"
	exit 77
}

# Debian's name of the guests' architecture.
# shellcheck disable=SC2034 # for the tests
debian_arch=${arch/x86_64/amd64}

# The guests' kernel. Those of x86-64 have a small one in the short form. A nested host
# gets no other then, so that colinux-run takes it without the word arch=.
case $arch${full:+-full} in
x86_64)		guest_dir=$COLINUX_TOP/build/guest-test-x86_64 ;;
x86_64-full)	guest_dir=$COLINUX_TOP/build/guest-x86_64 ;;
*)		guest_dir=$COLINUX_TOP/build/guest ;;
esac
[ "$arch" = i386 ] || [ -f "$guest_dir/vmlinux" ] ||
	fail "$guest_dir/vmlinux: not built; run 'make ${guest_dir##*/}'"
echo "$arch" >"$out/arch"

runs=0

# nested [OPTION]... [-- ARGUMENT...]: run NAME/inside with the arguments in a
# nested host, which tools/nested starts with the options. Each run has its own
# directory of logs. HOST_KERNEL=VERSION in the environment sets the host's kernel,
# for which the module has been built.
nested()
{
	local options=()

	[ -z "${HOST_KERNEL-}" ] || options+=(--kernel "$HOST_KERNEL")
	[ "$arch" = i386 ] || options+=(--guest "$arch:$guest_dir")
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift $(($# > 0))
	runs=$((runs + 1))
	echo "== nested ${options[*]} $name/inside $*"
	"$COLINUX_TOP/tools/nested" --log "$out/host$runs" \
		"${with_inside[@]}" --add "$out/arch:/nested/arch" \
		"${options[@]}" "$here/inside" "$@"
}

# until_line REGEX SECONDS: read and print the output of a nested host from the file
# descriptor $lines until a line matches; this becomes $line. Fails if there is no line
# for SECONDS.
# shellcheck disable=SC2154 # $lines is the test's
until_line()
{
	line=''
	until [[ $line =~ $1 ]]; do
		read -r -t "$2" -u "$lines" line ||
			fail "the nested host printed no line '$1' for $2 s"
		echo "$line"
	done
}

# guest_initrd SCRIPT [FILE:DEST]...: make an initial RAM disk with SCRIPT and the
# files; with_guest becomes the options for nested()
guest_initrd()
{
	"$lib/guest-initrd" "$arch" "$out/initrd" "$@" ||
		fail "no RAM disk for the guest"
	# shellcheck disable=SC2034 # for the tests
	with_guest=(--add "$out/initrd:/guest/initrd")
}

# Warnings of a 6.12 host at boot on Bochs' tigerlake, which coLinux does not cause.
# Some CPUID leaves of this CPU are inconsistent. With the ITS mitigation the kernel
# itself makes pages of its modules writable and executable.
# shellcheck disable=SC2034 # for the tests
tigerlake_says='x86/kernel/cpu/topology_common\.c:[0-9]+ parse_legacy'
tigerlake_says+='|x86/kernel/fpu/xstate\.c:[0-9]+ fpu__init_system_xstate'
tigerlake_says+='|x86/mm/pat/set_memory\.c:[0-9]+ __change_page_attr_set_clr'

# emulator_of qemu|bochs SUITE: download the emulator of this suite. Returns 1, with
# a message, if it is not available at the moment; another error fails the test.
emulator_of()
{
	local status=0

	"$COLINUX_TOP/tools/build/fetch-emulator" "$1" "$2" >/dev/null || status=$?
	case $status in
	0)	;;
	77)	echo "$1 of $2 is not available: part of the test is left out"
		return 1 ;;
	*)	fail "cannot download $1 of $2: status $status" ;;
	esac
}

# module_for SERIES: build the module for a kernel of this series. Returns 1, with a
# message, if this machine's apt has none.
module_for()
{
	local version

	version=$("$COLINUX_TOP/tools/build/kver" "$1") || {
		echo "no Linux $1 in the apt index: part of the test is left out"
		return 1
	}
	"${MAKE:-make}" -C "$COLINUX_TOP" KDIR='' KVER="$version" kmod ||
		fail "the module does not build for $version"
}
