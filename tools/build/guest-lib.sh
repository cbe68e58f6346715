# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Makes a kernel tree from guest/. Sourced by the guest-* scripts.
#
# The stock source is unpacked once per version. The *overlay* has the files that
# coLinux adds or changes: the stock files that the patches touch, patched,
# guest/files and the ABI headers. It is made anew each time in a directory of its
# own, which takes a second. A comparison of contents then finds what changed.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

GUEST=$COLINUX_TOP/guest
SERIES=$GUEST/patches/series
ABI=$COLINUX_TOP/include/colinux

LINUX_SOURCE=${LINUX_SOURCE:-/usr/src/linux-source-6.1.tar.xz}

# source_version: prints the name of the stock source in the cache.
source_version()
{
	local version

	[ -f "$LINUX_SOURCE" ] ||
		die "$LINUX_SOURCE: no such file; run 'make deps', or name a kernel source with LINUX_SOURCE="
	version=$(dpkg-query -S "$LINUX_SOURCE" 2>/dev/null | cut -d: -f1) || true
	if [ -n "$version" ]; then
		dpkg-query -W -f '${Version}' "$version"
	else
		sha256sum "$LINUX_SOURCE" | cut -c1-16
	fi
}

# stock_tree VERSION: unpacks the source if necessary, and prints its directory.
stock_tree()
{
	local tree=$COLINUX_CACHE/linux-source/$1

	if lacks "$tree" linux-source; then
		rm -rf "$tree.new"
		mkdir -p "$tree.new"
		XZ_DEFAULTS=-T0 timed "unpacking ${LINUX_SOURCE##*/} $1" \
			tar -C "$tree.new" --strip-components=1 -xf "$LINUX_SOURCE"
		mv -T "$tree.new" "$tree"
	fi
	echo "$tree"
}

# series: prints the paths of the patches in their order.
series()
{
	local name _

	if [ ! -f "$SERIES" ]; then
		return
	fi
	while read -r name _; do
		case $name in
		''|'#'*) continue ;;
		esac
		[ -f "$GUEST/patches/$name" ] ||
			die "guest/patches/series: $name: no such patch"
		echo "$GUEST/patches/$name"
	done <"$SERIES"
}

# touched PATCH...: prints the files that the patches change. A patch may only change
# existing files: a new file belongs in guest/files, where it can be read and edited.
touched()
{
	local file

	awk '/^--- / { old = $2; next }
	     /^\+\+\+ / && old { print (old == "/dev/null" || $2 == "/dev/null") ? \
			"!" FILENAME : $2 }
	     { old = "" }' "$@" </dev/null | sort -u |
	while read -r file; do
		case $file in
		'!'*)	die "${file#!}: adds or removes a file; new files go to guest/files" ;;
		*..*)	die "$file: a patch may not reach out of the kernel tree" ;;
		esac
		echo "${file#*/}"
	done
}

# stage STOCK DIRECTORY: makes the overlay for the stock tree in DIRECTORY. Prints
# the hunks that apply with fuzz; dies at the first patch that does not apply.
stage()
{
	local stock=$1 dir=$2 patch file missing log
	local -a patches=()

	mkdir -p "$dir"
	series >"$dir.series"
	mapfile -t patches <"$dir.series"
	if [ ${#patches[@]} -gt 0 ]; then
		touched "${patches[@]}" >"$dir.touched"
		missing=$(cd "$stock" && xargs -r -d '\n' ls -d 2>&1 >/dev/null <"$dir.touched") ||
			die "guest/patches: not in this kernel: $missing"
		rsync -a --files-from="$dir.touched" "$stock/" "$dir/"
	fi
	for patch in "${patches[@]}"; do
		log=$(patch -d "$dir" -p1 -N -f -r - --no-backup-if-mismatch \
			-i "$patch") || {
			echo "$log" >&2
			die "${patch#"$COLINUX_TOP/"}: does not apply to ${stock##*/}"
		}
		grep -B1 -i fuzz <<<"$log" >&2 || true
	done
	(cd "$GUEST/files" && find . -type f -printf '%P\n') |
	while read -r file; do
		[ ! -e "$stock/$file" ] ||
			die "guest/files/$file: exists in the stock kernel; change it by a patch"
	done
	rsync -a "$GUEST/files/" "$dir/"
	mkdir -p "$dir/include/colinux"
	rsync -a "$ABI/" "$dir/include/colinux/"
}

# list_files DIRECTORY: prints the files in it, sorted, with relative names.
list_files()
{
	(cd "$1" && find . -type f -printf '%P\n' | sort)
}
