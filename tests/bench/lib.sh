# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # variables shared with NAME.bench
#
# What the benchmarks share on this side. Sourced by each NAME.bench, which
# prints one line per figure, from where tests/bench/run takes them:
#
#   figure NAME PEER VALUE UNIT
#
# BENCH_CLOCK says which clock: icount, an emulator with one CPU where an
# instruction takes a nanosecond, or wall.

set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/../../tools/build/lib.sh"
here=$COLINUX_TOP/tests/bench
nested_tests=$COLINUX_TOP/tests/nested
name=$(basename "$0" .bench)
clock=${BENCH_CLOCK:-wall}
out=$COLINUX_TOP/build/bench/$name
mkdir -p "$out"

# shellcheck source=../program.sh
. "$COLINUX_TOP/tests/program.sh"

icount=() native_icount=()
if [ "$clock" = icount ]; then
	icount=(--icount)
	native_icount=(-icount "shift=0,sleep=off")
fi

# Options of nested: what the peers in the nested host, uml.sh and qemu.sh, need
# there. QEMU is given all that a machine without a graphics card reads.
with_uml=(--add "$here/uml.sh:/bench/uml.sh" --add "$here/uml-init:/uml/init"
	--add /usr/bin/linux.uml:/bin/linux.uml)
with_qemu=(--add "$here/qemu.sh:/bench/qemu.sh"
	--add "$COLINUX_TOP/build/native/bzImage:/qemu/bzImage")
for file in bin/qemu-system-x86_64 lib/x86_64-linux-gnu/qemu/accel-tcg-x86_64.so \
	share/seabios/bios-256k.bin share/qemu/{linuxboot_dma,kvmvapic}.bin; do
	with_qemu+=(--add "/usr/$file:/usr/$file")
done

# nested [OPTION]... SCRIPT [ARG...]: what the script prints
nested()
{
	"$COLINUX_TOP/tools/nested" --log "$out/$clock.host" --timeout 3600 \
		--add "$nested_tests/inside.sh:/nested/inside.sh" \
		"${icount[@]}" "$@"
}

# native INITRD [OPTION]... [-- WORD...]: boot the guest's kernel, built for a PC,
# on the machine that else is the host; what its console shows
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

# figures PEER UNIT: "NAME VALUE" lines of standard input as figures
figures()
{
	awk -v peer="$1" -v unit="$2" 'NF == 2 && $2 ~ /^[0-9.]+$/ {
		print "figure", $1, peer, $2, unit }'
}

# figures_of PEER UNIT FILE: those of the lines that begin with "PEER: "; there must
# be one
figures_of()
{
	grep -q "^$1: [^ ]* [0-9.]*.\?$" "$3" || die "$3: no figures of $1"
	sed -n "s/^$1: //p" "$3" | tr -d '\r' | figures "$1" "$2"
}
