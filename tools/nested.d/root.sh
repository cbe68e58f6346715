# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with nested
#
# The nested host's root file system. In the busybox form, it is an initramfs of two
# archives. The base (busybox, bash, the kernel's modules) is cached. The products and
# the run's own files are few, and are packed each time. The systemd form starts from
# the same initramfs, and adds the products, the run's files and the modules to a
# Debian image. Sourced by nested.

base_kind=qemu

# Modules that init, run and scripts load with modprobe. Dependencies are added.
base_modules=(
	virtio_pci virtio_blk virtio_console virtio_net virtio_rng
	9p 9pnet_virtio ata_piix ahci sd_mod sr_mod isofs
	ext4 squashfs overlay vfat loop brd dm_mod dm_snapshot
	tun bridge veth vhost_net macvtap dummy 8021q
	nf_tables nft_chain_nat nft_masq nft_ct nf_conntrack xt_MASQUERADE
	iptable_nat br_netfilter
	kvm kvm_intel kvm_amd msr cpuid crc32c_generic crc32c_intel
	autofs4 configfs button evdev
)

# Programs beside busybox, with their libraries; skipped if this machine lacks them.
base_programs=(bash ip tc setpriv taskset mke2fs e2fsck debugfs strace socat)

# put_file FILE ROOT [DEST]: copies FILE into ROOT with the libraries that it needs.
put_file()
{
	local file=$1 root=$2 dest=${3:-$1} lib

	mkdir -p "$root$(dirname "$dest")"
	cp -fL --preserve=mode,timestamps "$file" "$root$dest" || return
	# ldd fails for a static program or a script, which need no libraries.
	{ ldd "$file" 2>/dev/null || :; } |
		sed -n 's/^.*[[:space:]]\(\/[^ ]*\) (0x[0-9a-f]*)$/\1/p' |
		while read -r lib; do
			[ -e "$root$lib" ] && continue
			mkdir -p "$root$(dirname "$lib")"
			cp -fL --preserve=mode,timestamps "$lib" "$root$lib"
		done
}

# pack ROOT CPIO
pack()
{
	(cd "$1" && find . -mindepth 1 -print0 | sort -z |
		cpio --quiet -0 -o -H newc -R 0:0 --reproducible) >"$2"
}

# put_modules ROOT: copies the modules of base_modules and their dependencies.
put_modules()
{
	local root=$1 dir=lib/modules/$kver name path paths

	mkdir -p "$root/$dir"
	for name in "${base_modules[@]}"; do
		# Not every kernel has each module.
		paths=$(modprobe -d "$kernel_dir" -S "$kver" --show-depends \
			"$name" 2>/dev/null) || continue
		sed -n 's/^insmod \([^ ]*\).*/\1/p' <<<"$paths"
	done | sort -u | while read -r path; do
		path=${path##*"/$dir/"}
		mkdir -p "$root/$dir/$(dirname "$path")"
		cp "$kernel_dir/$dir/$path" "$root/$dir/$path"
	done
	# busybox's modprobe cannot unpack these.
	find "$root/$dir" -name '*.ko.xz' -exec unxz {} +
	find "$root/$dir" -name '*.ko.zst' -exec unzstd -q --rm {} +
	cp "$kernel_dir/$dir"/modules.{order,builtin,builtin.modinfo} "$root/$dir"
	depmod -b "$root" "$kver"
}

build_base()
{
	local out=$1 root=$work/base name program

	mkdir -p "$root"/{bin,sbin,proc,sys,dev,tmp,run,root,share,mnt,etc,var}
	put_file "$busybox" "$root" /bin/busybox
	while read -r name; do
		ln -s /bin/busybox "$root/bin/$name"
	done < <("$busybox" --list | grep -vx busybox)
	for name in "${base_programs[@]}"; do
		program=$(type -P "$name") || continue
		rm -f "$root/bin/$name"
		put_file "$(readlink -f "$program")" "$root" "/bin/$name"
	done
	# The kernel calls /sbin/modprobe.
	ln -s /bin/busybox "$root/sbin/modprobe"
	echo 'root:x:0:0:root:/root:/bin/bash' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	put_modules "$root"
	pack "$root" "$out.new"
	mv "$out.new" "$out"
}

# Sets base to the base archive in the cache, keyed by its sources. Makes it if
# necessary, and removes older ones for this kernel.
base_archive()
{
	local key dir=$COLINUX_CACHE/nested

	busybox=$(type -P busybox) || die "busybox is missing; run 'make deps'"
	key=$({
		cat "$parts/root.sh"
		echo "${base_modules[*]} ${base_programs[*]}"
		stat -Lc '%n %s %Y' "$busybox" "$kernel_dir/boot/vmlinuz-$kver"
	} | sha256sum | cut -c 1-16)
	base=$dir/$base_kind-$kver-$key.cpio
	[ ! -e "$base" ] || return 0
	mkdir -p "$dir"
	# The subshell releases the lock before the host runs.
	(
		lock nested-base
		[ ! -e "$base" ] || exit 0
		# Another process may still need an older one: keep those of the last day.
		find "$dir" -name "$base_kind-$kver-*.cpio*" -mtime +0 -delete
		timed "nested host: initramfs of $kver" build_base "$base"
	) || exit 96
}

# put_systemd LIB: copies the files for systemd and udev.
put_systemd()
{
	local lib=$1 from=$COLINUX_TOP/tools/systemd

	install -D -m 644 -t "$lib/systemd/system" \
		"$COLINUX_TOP/build/systemd/colinux@.service" "$from/colinux.slice"
	install -D -m 644 -t "$lib/udev/rules.d" "$from/60-colinux.rules"
	install -D -m 644 "$from/colinux-modules.conf" "$lib/modules-load.d/colinux.conf"
	install -D -m 644 "$from/colinux-sysusers.conf" "$lib/sysusers.d/colinux.conf"
}

# put_guest ARCH DIR: copies the guest kernel of this architecture, if it is built, and
# the module's option that allows it.
put_guest()
{
	local suffix=-$1 from=$2

	[ "$1" != i386 ] || suffix=''
	[ -e "$from/vmlinux" ] || return 0
	put_file "$from/vmlinux" "$root" "/usr/local/lib/colinux/$abi/vmlinux$suffix"
	ln -s "$abi/vmlinux$suffix" "$root/usr/local/lib/colinux/vmlinux$suffix"
	put_file "$from/modprobe.conf" "$root" "/etc/modprobe.d/colinux$suffix.conf"
}

# put_products ROOT: copies the files that make install would install, if they are
# built.
put_products()
{
	local root=$1 build=$COLINUX_TOP/build dir=$1/lib/modules/$kver abi

	abi=$("${MAKE:-make}" -s --no-print-directory -C "$COLINUX_TOP" abi)

	if [ -e "$build/kmod/$kver/colinux.ko" ]; then
		mkdir -p "$dir/extra"
		cp "$build/kmod/$kver/colinux.ko" "$dir/extra/"
	fi
	if [ -e "$build/monitor/colinux-run" ]; then
		put_file "$build/monitor/colinux-run" "$root" /usr/local/bin/colinux-run
	fi
	if [ -e "$build/tools/colinux/colinux" ]; then
		put_file "$build/tools/colinux/colinux" "$root" /usr/local/bin/colinux
	fi
	if [ -e "$build/systemd/colinux@.service" ]; then
		put_systemd "$root/usr/local/lib"
	fi
	if [ -n "$guest" ]; then
		put_guest "${guest%%:*}" "${guest#*:}"
	else
		put_guest i386 "$build/guest"
		put_guest x86_64 "$build/guest-x86_64"
	fi
}

# put_run ROOT: copies the run's own files: init, run, the script, its arguments, the
# files of --add.
put_run()
{
	local root=$1 add file dest added=${systemd:+/added}

	mkdir -p "$root/nested"
	install -m 755 "$parts/init" "$root/init"
	install -m 755 "$parts/run" "$root/nested/run"
	install -m 755 "$script" "$root/nested/script"
	[ ${#script_args[@]} -eq 0 ] ||
		printf '%s\0' "${script_args[@]}" >"$root/nested/args"
	for add in "${adds[@]}"; do
		file=${add%%:*} dest=${add#*:}
		[ -f "$file" ] || die "$file: no such file"
		[ "$dest" != "$add" ] || dest=$(realpath "$file")
		[[ $dest == /* ]] || die "--add $add: DEST must start with /"
		put_file "$file" "$root$added" "$dest" ||
			die "$file: cannot copy it"
	done
}

# Prints the image of the systemd form's root file system, from the cache. It has
# Debian's packages of the libraries that colinux-run needs.
host_image()
{
	"$COLINUX_TOP/tools/mkimage" --cached --arch amd64 --host --no-docs --size 2G \
		--hostname nested --root LABEL=nested --include \
		liburing2,libseccomp2,libcap2,libnl-3-200,libnl-route-3-200,libslirp0,libjson-c5"$include" ||
		exit 96
}

# make_initramfs FILE KEY=VALUE...: makes the initramfs, with settings for init and run.
make_initramfs()
{
	local out=$1 root=$work/root

	shift
	base_archive
	mkdir -p "$root/nested"
	[ -n "$bare" ] || put_products "$root"
	put_run "$root"
	printf '%s\n' "$@" >"$root/nested/settings"
	pack "$root" "$work/run.cpio"
	cat "$base" "$work/run.cpio" >"$out"
	rm -rf "$root" "$work/run.cpio"
}
