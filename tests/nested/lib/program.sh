# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # $out, $here and $lib are the sourcing script's
#
# What nested tests and benchmarks share outside the nested host.

# Options of tools/nested: the library of scripts in the nested host.
# shellcheck disable=SC2034 # for the sourcing script
with_inside=(--add "$lib/inside.sh:/nested/inside.sh"
	--add "$lib/checks.sh:/nested/checks.sh")

# program NAME [ARCH]: compile NAME.c for the host, or for a guest of the architecture;
# print the name of the executable. The source is beside the sourcing script or below
# prog/ there, or that of several tests.
program()
{
	local file=$out/$1${2:+.$2} flags=() source

	for source in "$here"/{,prog/}"$1.c" "$lib/prog/$1.c"; do
		[ ! -e "$source" ] || break
	done
	[ "${2-}" != i386 ] || flags=(-m32 -msse2)
	gcc "${flags[@]}" -O2 -Wall -Wextra -Werror -static -o "$file" "$source" || {
		echo "$source does not compile" >&2
		exit 1
	}
	echo "$file"
}
