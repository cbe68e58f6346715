# SPDX-License-Identifier: GPL-2.0
#
# The toy guest kernels of the tests: build/tests/guest/*.elf. Each source in
# tests/guest makes one; tiny.lds links them all.

test_guest_sources := $(wildcard tests/guest/*.c)
test_guests := $(test_guest_sources:%.c=$(out)/%.elf)

test_guest_flags := -m32 -march=i686 -O2 -std=gnu11 -Wall -Wextra \
	-ffreestanding -fno-pic -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -mgeneral-regs-only -Iinclude
# tiny.lds puts code and data into one segment; ld would warn.
test_guest_link := -m32 -nostdlib -static -no-pie -Wl,--build-id=none \
	-Wl,--no-warn-rwx-segments -Wl,-T,tests/guest/tiny.lds

$(test_guests): $(out)/%.elf: %.c tests/guest/tiny.lds tests/guest/toy.h $(wildcard include/colinux/*.h)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(test_guest_flags) $(test_guest_link) -o $@ $<

.PHONY: test-guests
test-guests: $(test_guests)
