# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How guest/ becomes a kernel tree. Sourced by the guest-* scripts.
#
# The stock source is unpacked once per version. What coLinux adds, the
# *overlay*, is made anew each time in a folder of its own: the stock versions
# of the files that a patch touches, patched, with guest/files and the ABI
# headers beside them. That takes a second, whatever was there before, and
# leaves the question of what really changed to a comparison of contents.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

GUEST=$COLINUX_TOP/guest
SERIES=$GUEST/patches/series
ABI=$COLINUX_TOP/include/colinux

LINUX_SOURCE=${LINUX_SOURCE:-/usr/src/linux-source-6.1.tar.xz}

# source_version: what the stock source is known by in the cache.
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

# stock_tree VERSION: unpack the source if need be, print the folder.
stock_tree()
{
	local tree=$COLINUX_CACHE/linux-source/$1

	if [ ! -d "$tree" ]; then
		lock linux-source
	fi
	if [ ! -d "$tree" ]; then
		rm -rf "$tree.new"
		mkdir -p "$tree.new"
		XZ_DEFAULTS=-T0 timed "unpacking ${LINUX_SOURCE##*/} $1" \
			tar -C "$tree.new" --strip-components=1 -xf "$LINUX_SOURCE"
		mv -T "$tree.new" "$tree"
	fi
	echo "$tree"
}

# series: the patches in their order, as paths.
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

# touched PATCH...: the files the patches change. Only existing files may be:
# a new one belongs in guest/files, where it can be read and edited as it is.
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

# stage STOCK FOLDER: make the overlay for the stock tree in FOLDER. Prints
# what applied with fuzz; dies at the first patch that does not apply.
stage()
{
	local stock=$1 folder=$2 patch file missing log
	local -a patches=()

	mkdir -p "$folder"
	series >"$folder.series"
	mapfile -t patches <"$folder.series"
	if [ ${#patches[@]} -gt 0 ]; then
		touched "${patches[@]}" >"$folder.touched"
		missing=$(cd "$stock" && xargs -r -d '\n' ls -d 2>&1 >/dev/null <"$folder.touched") ||
			die "guest/patches: not in this kernel: $missing"
		rsync -a --files-from="$folder.touched" "$stock/" "$folder/"
	fi
	for patch in "${patches[@]}"; do
		log=$(patch -d "$folder" -p1 -N -f -r - --no-backup-if-mismatch \
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
	rsync -a "$GUEST/files/" "$folder/"
	mkdir -p "$folder/include/colinux"
	rsync -a "$ABI/" "$folder/include/colinux/"
}

# list_files FOLDER: the files in it, relative and sorted.
list_files()
{
	(cd "$1" && find . -type f -printf '%P\n' | sort)
}
