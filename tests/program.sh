# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # $out and $here are the sourcing script's
#
# Compiles the C programs of tests; the lib.sh of the nested tests and of the
# benchmarks source it.

# program NAME [32]: compile prog/NAME.c for the host, or with 32 for an i386 guest;
# print the name of the executable
program()
{
	local file=$out/$1${2:+.i386} flags=()

	[ -z "${2-}" ] || flags=(-m32 -msse2)
	gcc "${flags[@]}" -O2 -Wall -Wextra -Werror -static -o "$file" \
		"$here/prog/$1.c" || {
		echo "prog/$1.c does not compile" >&2
		exit 1
	}
	echo "$file"
}
