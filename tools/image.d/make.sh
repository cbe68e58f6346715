# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with the sourcing script
#
# Makes a Debian root image: one ext4 file system without a partition table, in a sparse
# file, for a guest's /dev/cobd0. Needs no loop device and no root. pack runs inside
# mmdebstrap and makes the file system. Sourced by mkimage and by create, which have die,
# note, temporary, lock and timed, after mirror.sh and i386.sh.
#
# The options are variables: suite, arch, size, hostname, root, user; docs and demo, 1 or
# empty; password, a hash; ssh_key, lines; include, packages each after a comma; hooks.
# guest is 1 for a guest's image, empty for that of the nested host.

# Only the packages for systemd, a login and a check of the file system.
packages=systemd-sysv,udev,dbus,e2fsprogs,iproute2,procps,kmod

# Prints more packages for a guest: for the systemd session of a user, and for name
# resolution. In Debian 11, systemd's own package has resolved.
guest_packages()
{
	printf ,libpam-systemd,dbus-user-session,libnss-myhostname
	[[ $suite =~ ^(buster|bullseye|oldoldstable)$ ]] || printf ,systemd-resolved
}

# Sets sources to those of the image. Skips the updates if a mirror has no usable index
# of them at the moment, as happens for i386.
find_sources()
{
	local line updates

	sources=("$(debian_source "$suite")")
	updates=$(debian_updates "$suite")
	[[ -z $updates || $updates == *-security* ]] ||
		note "the image has no security updates: apt here knows no mirror of them"
	while read -r line; do
		[ -n "$line" ] || continue
		if source_works "$line" "$arch"; then
			sources+=("$line")
		else
			note "${line#deb }: no index for $arch at the moment: upgrade in the guest later"
		fi
	done <<<"$updates"
}

# Prints the percentage done: mmdebstrap reports about a dozen steps.
steps()
{
	echo $(($(grep -c '^I: ' "/dev/fd/$fd") * 8))
}

# said REGEX: prints the first line of mmdebstrap's output that matches.
said()
{
	grep -m 1 -aE -- "$1" "/dev/fd/$fd"
}

# Prints why mmdebstrap failed, if the user can correct it. mke2fs needs room in the
# directory of the image, all other steps where mmdebstrap works.
why_not()
{
	local line

	if said '^mke2fs: No space left on device' >/dev/null; then
		echo "${out:-$file}: no room left for it: free some there, or name another directory"
	elif said 'No space left on device' >/dev/null; then
		echo "${TMPDIR:-/tmp}: no room left to work in: free some there, or set TMPDIR"
	elif said 'Could not allocate|Illegal inode number' >/dev/null; then
		echo "--size $size: too small for the content"
	elif line=$(said '^E: (Unable to locate package|Package .* has no install)'); then
		echo "--include: ${line#E: }, in $suite for $arch"
	elif line=$(said '^E: (The repository|Release file|Failed to fetch|Unable to correct)'); then
		echo "--suite $suite: ${line#E: }"
	fi
}

# make_image FILE: runs mmdebstrap.
make_image()
{
	local file=$1 args=() hook sources path
	local pack="$COLINUX_TOP/tools/image.d/pack" probe=steps reason=why_not

	find_sources
	checks_age || args+=('--aptopt=Acquire::Check-Valid-Until "false"')
	if [ -z "$docs" ]; then
		for path in doc locale man; do
			args+=("--dpkgopt=path-exclude=/usr/share/$path/*")
		done
	fi
	for hook in "${hooks[@]}"; do
		args+=("--customize-hook=$hook")
	done
	[ -z "$guest" ] || include+=$(guest_packages)
	[ "$arch" != i386 ] || i386_begin
	IMAGE_GUEST=$guest IMAGE_FILE=$file IMAGE_SIZE=$size IMAGE_HOSTNAME=$hostname \
		IMAGE_ROOT=$root IMAGE_ARCH=$arch IMAGE_DEMO=$demo IMAGE_DOCS=$docs \
		IMAGE_PASSWORD=$password IMAGE_KEYS=$ssh_key IMAGE_USER=$user \
		IMAGE_SOURCES="$(debian_source "$suite"; debian_updates "$suite")" \
		timed "image of Debian $suite $arch" mmdebstrap \
		"--architectures=$arch" --variant=minbase \
		"--include=$packages$include" \
		--aptopt='Acquire::Languages "none"' \
		"${args[@]}" "--customize-hook=$(printf %q "$pack") \"\$1\"" \
		"$suite" /dev/null "${sources[@]}"
}
