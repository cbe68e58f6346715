# SPDX-License-Identifier: GPL-2.0
#
# The toy guest kernels of the tests: build/tests/guest/NAME.elf for i386 and
# NAME-x86_64.elf. Each source in tests/guest makes one of both; tiny.lds links them all.

test_guest_sources := $(wildcard tests/guest/*.c)
test_guests_32 := $(test_guest_sources:%.c=$(out)/%.elf)
test_guests_64 := $(test_guest_sources:%.c=$(out)/%-x86_64.elf)
test_guests := $(test_guests_32) $(test_guests_64)

test_guest_flags := -O2 -std=gnu11 -Wall -Wextra \
	-ffreestanding -fno-pic -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -mgeneral-regs-only -Iinclude
# tiny.lds puts code and data into one segment; ld would warn.
test_guest_link := -nostdlib -static -no-pie -Wl,--build-id=none \
	-Wl,--no-warn-rwx-segments -Wl,-T,tests/guest/tiny.lds

$(test_guests_32): test_guest_arch := -m32 -march=i686 -Wl,--defsym=VIRT_BASE=0xc0000000
$(test_guests_64): test_guest_arch := -mcmodel=kernel -mno-red-zone \
	-Wl,--defsym=VIRT_BASE=0xffffffff80000000

test_guest_deps := tests/guest/tiny.lds $(wildcard tests/guest/*.h include/colinux/*.h)
define build_test_guest
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(test_guest_flags) $(test_guest_arch) $(test_guest_link) -o $@ $<
endef

$(test_guests_32): $(out)/%.elf: %.c $(test_guest_deps)
	$(build_test_guest)

$(test_guests_64): $(out)/%-x86_64.elf: %.c $(test_guest_deps)
	$(build_test_guest)

.PHONY: test-guests
test-guests: $(test_guests)
