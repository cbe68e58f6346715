# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with nested
#
# A nested host that is a KVM guest. The emulated machine boots a first host, without
# coLinux. The script of the first host is nested.d/first. It starts QEMU with
# -accel kvm, which boots the nested host proper. QEMU emulates SVM (kvm_amd), Bochs
# VMX (kvm_intel).
#
# Each kernel has a log of its own: console.log is the nested host's, first.log the
# first host's. Sourced by nested.

# The files that QEMU reads for a machine without a graphics card.
kvm_files=(
	/usr/bin/qemu-system-x86_64 /usr/share/seabios/bios-256k.bin
	/usr/share/qemu/kvmvapic.bin /usr/share/qemu/linuxboot_dma.bin
)
# MiB for the first host itself, its QEMU, and the files of the nested host.
kvm_first_mem=1024

# Makes a directory with the nested host's files and QEMU, which is /share in the first
# host. Not in the initramfs: under Bochs, the BIOS would take minutes to load them.
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
	# Only warnings: on a slow machine, each character of the log takes time.
	append="loglevel=5 mitigations=off"
	case $emulator in
	# -xsave: the nested host's kernel would warn that the sizes of XSAVE do not
	# match. Periodic timers: QEMU's emulation of SVM changes the CPU's word of
	# pending interrupts, and can lose a bit that its timer thread sets meanwhile.
	# A one-shot timer would then be dead.
	qemu)	cpu=${cpu:-max,+svm,-xsave} time_limit=${time_limit:-900}
		append+=" nohz=off highres=off nolapic_timer hpet=disable" ;;
	bochs)	time_limit=${time_limit:-3600} ;;
	esac
	"start_$emulator"
}
