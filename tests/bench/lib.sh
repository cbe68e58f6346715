# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # variables shared with NAME.bench
#
# Functions of the NAME.bench scripts, which run outside the nested host. A benchmark
# prints one line per figure for tests/bench/run:
#
#   figure NAME PEER VALUE UNIT
#
# BENCH_CLOCK is the clock: icount, an emulator with one CPU where an instruction takes
# a nanosecond, or wall.

set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/../../tools/build/lib.sh"
here=$COLINUX_TOP/tests/bench
lib=$COLINUX_TOP/tests/nested/lib
name=$(basename "$0" .bench)
clock=${BENCH_CLOCK:-wall}
out=$COLINUX_TOP/build/bench/$name
mkdir -p "$out"

# shellcheck source=../nested/lib/program.sh
. "$lib/program.sh"

icount=() native_icount=()
if [ "$clock" = icount ]; then
	icount=(--icount)
	native_icount=(-icount "shift=0,sleep=off")
fi

# Options of nested() for the files that the peers in the nested host need (uml.sh,
# qemu.sh). QEMU gets all files that a machine without a graphics card reads.
with_uml=(--add "$here/uml.sh:/bench/uml.sh" --add "$here/uml-init:/uml/init"
	--add /usr/bin/linux.uml:/bin/linux.uml)
with_qemu=(--add "$here/qemu.sh:/bench/qemu.sh"
	--add "$COLINUX_TOP/build/native/bzImage:/qemu/bzImage")
for file in bin/qemu-system-x86_64 lib/x86_64-linux-gnu/qemu/accel-tcg-x86_64.so \
	share/seabios/bios-256k.bin share/qemu/{linuxboot_dma,kvmvapic}.bin; do
	with_qemu+=(--add "/usr/$file:/usr/$file")
done

# nested [OPTION]... SCRIPT [ARGUMENT]...: run SCRIPT in a nested host; prints its output
nested()
{
	"$COLINUX_TOP/tools/nested" --log "$out/$clock.host" --timeout 3600 \
		"${with_inside[@]}" "${icount[@]}" "$@"
}

# native [OPTION]... [-- WORD...]: boot the guest's kernel, built for a PC, on the
# emulated machine that otherwise is the nested host, with these options of QEMU; prints
# the console
native()
{
	local options=()

	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift $(($# > 0))
	timeout 3600 qemu-system-x86_64 -nodefaults -no-user-config -no-reboot \
		-display none -machine pc -cpu max -smp 1 -m 256 \
		-accel tcg,thread=single "${native_icount[@]}" \
		-chardev stdio,id=out,signal=off -serial chardev:out \
		-kernel "$COLINUX_TOP/build/native/bzImage" \
		-append "console=ttyS0 panic=-1 $*" "${options[@]}" \
		</dev/null | tr -d '\r'
}

# figures PEER UNIT: print lines "NAME VALUE" of standard input as figures
figures()
{
	awk -v peer="$1" -v unit="$2" 'NF == 2 && $2 ~ /^[0-9.]+$/ {
		print "figure", $1, peer, $2, unit }'
}

# figures_of PEER UNIT FILE: print the lines "PEER: NAME VALUE" of FILE as figures; fail
# if there is none
figures_of()
{
	grep -q "^$1: [^ ]* [0-9.]*.\?$" "$3" || die "$3: no figures of $1"
	sed -n "s/^$1: //p" "$3" | tr -d '\r' | figures "$1" "$2"
}
