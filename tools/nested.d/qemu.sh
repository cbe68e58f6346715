# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with nested
#
# The machine, emulated by QEMU. Always with TCG, so that the nested host is the same on
# every machine. The kernel's log goes through the first serial port to a file, the
# script's output through a virtio port. Sourced by nested.

# A kernel that detects an error stops at once, not at the time-out.
strict="panic=-1 oops=panic softlockup_panic=1 nmi_watchdog=0 \
sysctl.kernel.panic_on_rcu_stall=1 sysctl.kernel.hung_task_panic=1"
# At boot, the kernel counts timer ticks for a while. On a loaded machine, too few
# come, and it panics: "IO-APIC + timer doesn't work!". On KVM it does not count.
strict+=" no_timer_check"
# The emulator has one TSC for all CPUs, but its CPUs do not report it as constant. With
# several such CPUs, the kernel marks the TSC as unstable, and coLinux refuses guests.
strict+=" tsc=reliable"

qemu_machine()
{
	local thread=multi

	machine_args=(
		-nodefaults -no-user-config -no-reboot -display none -machine pc
		-cpu "${cpu:-max}" -smp "$cpus" -m "$mem"
		-chardev "file,id=log,path=${first_log:-$log/console.log}" -serial chardev:log
		-chardev "socket,id=mon,path=${monitor:-$work/monitor},server=on,wait=off"
		-monitor chardev:mon
		-device virtio-serial-pci
		-chardev "stdio,id=out,signal=off"
	)
	# Under KVM, the third port is the log of the nested host.
	[ -z "$first_log" ] || machine_args+=(-serial null
		-chardev "file,id=inner,path=$log/console.log" -serial chardev:inner)
	[ -z "$icount" ] || machine_args+=(-icount "shift=0,sleep=off")
	[ -z "$icount$turns" ] && [ "$cpus" -gt 1 ] || thread=single
	machine_args+=(-accel "tcg,thread=$thread")
}

qemu_disks()
{
	local disk i=0 format letters=abcdefghijklmnopqrstuvwxyz

	for disk in "${disks[@]}"; do
		format=format=raw
		[[ ${disk%%,*} != *.qcow2 ]] || format=format=qcow2
		machine_args+=(
			-drive "if=none,id=disk$i,$format,discard=unmap,file=$disk"
			-device "virtio-blk-pci,drive=disk$i,serial=disk$i")
		disk_names+=("/dev/vd${letters:i:1}")
		i=$((i + 1))
	done
}

# root_drive: prints the -drive of the systemd form's root. A root that is kept is
# larger than its image: run resize2fs in it.
root_drive()
{
	local image

	image=$(host_image) || exit 96
	if [ -z "$root_file" ]; then
		echo "format=raw,snapshot=on,file=$image"
		return
	fi
	[ -e "$root_file" ] ||
		qemu-img create -q -f qcow2 -F raw -b "$image" "$root_file" 8G ||
		die "$root_file: cannot create it"
	echo "format=qcow2,file=$root_file"
}

# last_look: just before time is up, what the CPUs are doing. A machine that stands
# still says nothing by itself.
last_look()
{
	local never

	# The relay ends with the last writer.
	[ -z "$relay" ] || exec {machine_in}>&- {machine_out}>&-
	exec {never}<> <(:)
	read -rt "$((time_limit > 10 ? time_limit - 5 : time_limit))" -u "$never" || :
	for _ in 1 2 3; do
		echo 'info registers -a'
		read -rt 0.5 -u "$never" || :
	done | socat -t 2 - "UNIX-CONNECT:${monitor:-$work/monitor}" >"$log/cpus.log" 2>&1
}

start_qemu()
{
	local disk_names=() output=virtio more drive look status=0

	time_limit=${time_limit:-300}
	qemu_machine
	qemu_disks
	if [ -n "$tty" ]; then
		output="tty"
		machine_args+=(-device "virtconsole,chardev=out,name=nested.out")
	else
		machine_args+=(-device "virtserialport,chardev=out,name=nested.out")
	fi
	if [ -n "$share" ]; then
		machine_args+=(-virtfs
			"local,path=$share,mount_tag=share,security_model=none")
	fi
	if [ -n "$systemd" ]; then
		drive=$(root_drive) || exit 96
		machine_args+=(-drive "if=none,id=root,$drive"
			-device "virtio-blk-pci,drive=root,serial=nested-root")
		append+=" systemd.unit=nested.target systemd.show_status=no systemd.log_level=notice"
	fi
	make_initramfs "$work/initramfs" "output=$output" "systemd=$systemd" \
		"share=${share:+9p}" "disk_drivers=(virtio_blk)" "disks=(${disk_names[*]})"
	# shellcheck disable=SC2206 # words are what --qemu is for
	more=($qemu_args)
	last_look &
	look=$!
	run_machine "${qemu_program[@]}" "${machine_args[@]}" \
		-kernel "$kernel_dir/boot/vmlinuz-$kver" \
		-initrd "$work/initramfs" \
		-append "console=ttyS0 printk.devkmsg=on loglevel=7 init=/init $strict $append" \
		"${more[@]}" || status=$?
	kill "$look" 2>/dev/null || :
	return "$status"
}
