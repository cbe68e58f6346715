# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with nested
#
# A nested host that is a KVM guest. The machine by QEMU or Bochs boots a first
# host, without coLinux. Its script is nested.d/first, which starts QEMU with
# -accel kvm, and that boots the nested host proper. QEMU emulates SVM
# (kvm_amd), Bochs VMX (kvm_intel).
#
# Each machine's kernel has a log of its own: console.log is the nested host's,
# first.log the first host's. Sourced by nested.

# All that QEMU reads for a machine without a graphics card.
kvm_files=(
	/usr/bin/qemu-system-x86_64 /usr/share/seabios/bios-256k.bin
	/usr/share/qemu/kvmvapic.bin /usr/share/qemu/linuxboot_dma.bin
)
# For the first host itself, its QEMU, and the files of the nested one.
kvm_first_mem=1024

# The nested host's files, and what runs it, in a folder that is /share in the
# first host: under Bochs, the BIOS would take minutes to load it all.
kvm_inner()
{
	local disk disk_names=() letters=abcdefghijklmnopqrstuvwxyz file
	local root=$work/first

	for disk in "${!disks[@]}"; do
		disk_names+=("/dev/vd${letters:disk:1}")
	done
	mkdir "$root"
	make_initramfs "$root/initramfs" output=virtio "disk_drivers=(virtio_blk)" \
		"disks=(${disk_names[*]})"
	cp "$kernel_dir/boot/vmlinuz-$kver" "$root/vmlinuz"
	for file in "${kvm_files[@]}"; do
		[ -f "$file" ] || die "$file is missing; run 'make deps'"
		put_file "$file" "$root"
	done
}

start_kvm()
{
	kvm_inner
	script=$parts/first
	script_args=("$cpus" "$mem"
		"console=ttyS0 printk.devkmsg=on loglevel=7 init=/init $strict $append"
		"$qemu_args")
	bare=1 qemu_args='' adds=() share=$work/first mem=$((mem + kvm_first_mem))
	first_log=$log/first.log
	: >"$first_log"
	# On a slow machine every character of the log costs; warnings are enough.
	append="loglevel=5 mitigations=off"
	case $emulator in
	# With XSAVE the nested host's kernel warns that its sizes do not match.
	# QEMU's emulation of SVM changes the CPU's word of pending interrupts
	# while the thread of its timers sets a bit there, which may be lost. A
	# one-shot timer would be dead then; a periodic one comes again.
	qemu)	cpu=${cpu:-max,+svm,-xsave} time_limit=${time_limit:-900}
		append+=" nohz=off highres=off nolapic_timer hpet=disable" ;;
	bochs)	time_limit=${time_limit:-3600} ;;
	esac
	"start_$emulator"
}
