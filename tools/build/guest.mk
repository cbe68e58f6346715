# SPDX-License-Identifier: GPL-2.0
#
# The guest kernels: build/guest/vmlinux for i386, build/guest-x86_64/vmlinux.
# guest-kernel builds them in the cache; the rules here only check whether one of
# their sources has changed.

LINUX_SOURCE ?= /usr/src/linux-source-6.1.tar.xz
export LINUX_SOURCE

guest_dir := $(out)/guest
guest_vmlinux := $(guest_dir)/vmlinux
guest_modprobe := $(guest_dir)/modprobe.conf
guest_sources := $(shell find guest -type f) $(wildcard include/colinux/*.h) \
	$(scripts)/guest-kernel $(scripts)/guest-lib.sh
guest_state := $(LINUX_SOURCE) $(shell stat -c '%Y %s' $(LINUX_SOURCE) 2>/dev/null) \
	$(CONFIG_GUEST_DEBUG_INFO) $(sort $(guest_sources))

.PHONY: guest
guest: $(guest_vmlinux) $(guest_modprobe)

$(eval $(call remember,$(guest_dir)/.flags,$(guest_state)))

$(guest_vmlinux): $(guest_sources) $(guest_dir)/.flags
	$(call say,GUEST,$@)
	$(run)GUEST_DEBUG_INFO=$(CONFIG_GUEST_DEBUG_INFO) $(scripts)/guest-kernel $(guest_dir)
	$(Q)touch $@

# The same for x86-64.
guest64_dir := $(out)/guest-x86_64
guest64_vmlinux := $(guest64_dir)/vmlinux

.PHONY: guest-x86_64
guest-x86_64: $(guest64_vmlinux) $(guest64_dir)/modprobe.conf

$(eval $(call remember,$(guest64_dir)/.flags,$(guest_state)))

$(guest64_vmlinux): $(guest_sources) $(guest64_dir)/.flags
	$(call say,GUEST,$@)
	$(run)GUEST_ARCH=x86_64 GUEST_DEBUG_INFO=$(CONFIG_GUEST_DEBUG_INFO) $(scripts)/guest-kernel $(@D)
	$(Q)touch $@

# The kernel of the fault tests: with the options of guest/fault.config.
guest_fault_vmlinux := $(out)/guest-fault/vmlinux

.PHONY: guest-fault
guest-fault: $(guest_fault_vmlinux)

# After the normal kernel, as it starts from a copy of its objects.
$(guest_fault_vmlinux): $(guest_vmlinux)
	$(call say,GUEST,$@)
	$(run)GUEST_FAULT=y GUEST_DEBUG_INFO=$(CONFIG_GUEST_DEBUG_INFO) $(scripts)/guest-kernel $(@D)
	$(Q)touch $@

# The small x86-64 kernel of the nested tests: with the options of guest/test.config.
guest64_test_vmlinux := $(out)/guest-test-x86_64/vmlinux

.PHONY: guest-test-x86_64
guest-test-x86_64: $(guest64_test_vmlinux) $(out)/guest-test-x86_64/modprobe.conf

$(guest64_test_vmlinux): $(guest_sources) $(guest64_dir)/.flags
	$(call say,GUEST,$@)
	$(run)GUEST_ARCH=x86_64 GUEST_TEST=y GUEST_DEBUG_INFO=$(CONFIG_GUEST_DEBUG_INFO) \
		$(scripts)/guest-kernel $(@D)
	$(Q)touch $@

# The native peer of the benchmarks: the same kernel and configuration for a PC.
native_image := $(out)/native/bzImage

.PHONY: native
native: $(native_image)

$(native_image): $(guest_vmlinux) tests/bench/native.config
	$(call say,GUEST,$@)
	$(run)GUEST_NATIVE=y $(scripts)/guest-kernel $(@D)
	$(Q)touch $@

# The module runs only kernels whose hash is on its list.
$(guest_dir)/modprobe.conf $(guest64_dir)/modprobe.conf \
$(out)/guest-test-x86_64/modprobe.conf: %/modprobe.conf: %/vmlinux
	$(Q)sha256sum $< | sed 's/^\([0-9a-f]*\) .*/options colinux allow_kernel=\1/' >$@

.PHONY: guest-edit guest-refresh guest-count guest-apply-check
guest-edit guest-refresh guest-count guest-apply-check:
	$(Q)$(scripts)/$@
