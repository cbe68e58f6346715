# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # $out and $here are the sourcing script's
#
# Sourced by the lib.sh of the nested tests and of the benchmarks.

# program NAME [32]: compile prog/NAME.c for 64 bits, or for an i386 guest;
# prints the file's name
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
