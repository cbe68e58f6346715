# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with nested
#
# The machine, emulated by Bochs. It is some fifty times slower than hardware and has
# no virtio and one CPU, but it has PCID, and checks that QEMU does not make. The
# kernel is on a CD, as Bochs cannot load a kernel itself. /share is a CD, too, and so
# read-only. The kernel's log goes to the first serial port, the script's output to
# the second. Sourced by nested.

# Modules to boot the host and mount /share; few, so that it boots faster.
bochs_modules=(
	ata_piix sd_mod sr_mod isofs ext4 crc32c_generic loop squashfs overlay
	tun bridge veth kvm kvm_intel msr cpuid
)

# Instructions per second, and the frequency of the TSC. Newer models report the
# frequency of the real CPU in CPUID; a kernel that uses it has a clock fifty times
# too slow.
bochs_ips=50000000

bochs_cd()
{
	local cd=$work/cd disk_names=(/dev/sda /dev/sdb)

	mkdir -p "$cd/boot/grub"
	base_modules=("${bochs_modules[@]}")
	base_programs=(bash ip setpriv taskset)
	base_kind=bochs
	make_initramfs "$cd/boot/initramfs" output=ttyS1 \
		"share=${share:+cd}" "disk_drivers=(ata_piix sd_mod)" \
		"disks=(${disk_names[*]:0:${#disks[@]}})"
	cp "$kernel_dir/boot/vmlinuz-$kver" "$cd/boot/vmlinuz"
	cat >"$cd/boot/grub/grub.cfg" <<-END
		linux /boot/vmlinuz console=ttyS0,115200 printk.devkmsg=on loglevel=7 init=/init pti=on reboot=t tsc_early_khz=$((bochs_ips / 1000)) $strict $append
		initrd /boot/initramfs
		boot
	END
	grub-mkrescue -o "$work/cd.iso" "$cd" >"$log/grub.log" 2>&1 ||
		die "grub-mkrescue failed, see $log/grub.log; run 'make deps'"
	rm -rf "$cd"
}

bochs_config()
{
	local slots=(ata0-slave ata1-slave) i=0 disk models

	[ "$cpus" = 1 ] || die "bochs: has only one CPU: omit --cpus"
	[ ${#disks[@]} -le ${#slots[@]} ] || die "bochs: more than ${#slots[@]} disks"
	cpu=${cpu:-corei7_haswell_4770}
	models=$("${bochs_program[@]}" --help cpu 2>&1 || :)
	grep -qx "$cpu" <<<"$models" ||
		die "bochs: no CPU model $cpu; see 'bochs --help cpu'"
	# Otherwise the ticks of a first host would take all of the time.
	[ -z "$first_log" ] || bochs_ips=400000000
	cat <<-END
		display_library: term
		romimage: file=$bochs_files/BIOS-bochs-latest, options=fastboot
		vgaromimage: file=$bochs_files/VGABIOS-lgpl-latest
		cpu: model=$cpu, count=1, ips=$bochs_ips, reset_on_triple_fault=0
		megs: $mem
		ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
		ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15
		ata0-master: type=cdrom, path=$work/cd.iso, status=inserted
		boot: cdrom
		com1: enabled=1, mode=file, dev=${first_log:-$log/console.log}
		com2: enabled=1, mode=file, dev=$work/stdout
		panic: action=fatal
		error: action=ignore
		info: action=ignore
		log: $log/bochs.log
		clock: sync=none
		speaker: enabled=0, mode=none
		sound: driver=dummy
	END
	[ -z "$first_log" ] ||
		echo "com3: enabled=1, mode=file, dev=$log/console.log"
	if [ -n "$share" ]; then
		xorriso -report_about WARNING -as mkisofs -quiet -R -o "$work/share.iso" "$share" ||
			die "$share: cannot make a CD from it"
		echo "ata1-master: type=cdrom, path=$work/share.iso, status=inserted"
	fi
	for disk in "${disks[@]}"; do
		# Bochs leaves a lock file beside the image.
		ln -s "$(realpath "$disk")" "$work/disk$i"
		echo "${slots[i]}: type=disk, mode=flat, path=$work/disk$i"
		i=$((i + 1))
	done
}

# Writes Bochs's output to a file. As its debugger uses the terminal, Bochs makes
# another one for the screen and prints its name. That is read here, or Bochs would
# block after 4 KiB of output to the screen.
read_bochs()
{
	local line

	while IFS= read -r line; do
		echo "$line"
		if [[ $line =~ screen\ \"(/dev/pts/[0-9]+)\" ]]; then
			stty -F "${BASH_REMATCH[1]}" raw -echo
			# cat gets an error at the end.
			cat "${BASH_REMATCH[1]}" >/dev/null 2>&1 &
		fi
	done >"$log/bochs.out"
}

start_bochs()
{
	local status=0 reader

	time_limit=${time_limit:-1800}
	bochs_config >"$work/bochsrc"
	bochs_cd
	# Debian's build starts in the debugger: tell it to continue.
	echo c >"$work/go"
	mkfifo "$work/said"
	read_bochs <"$work/said" {machine_out}>&- &
	reader=$!
	# In the C locale Bochs aborts while it draws.
	# shellcheck disable=SC2016 # expanded by that shell
	TERM=xterm LC_ALL=C.UTF-8 run_machine sh -c 'exec "$@" >"$0" 2>&1 </dev/null' \
		"$work/said" "${bochs_program[@]}" -q -f "$work/bochsrc" -rc "$work/go" ||
		status=$?
	kill "$reader" 2>/dev/null || :
	# Bochs treats a power-off as a panic.
	if grep -q 'ACPI control: soft power off' "$log/bochs.log"; then
		status=0
	elif [ "$status" != 124 ]; then
		grep -a '>>PANIC<<' "$log/bochs.log" | tail -n 1 >&2 || :
	fi
	return "$status"
}
