# SPDX-License-Identifier: GPL-2.0
#
# The module: build/kmod/KVER/colinux.ko. The host kernel's kbuild builds it in a
# directory of symbolic links to kmod/ (stage-kmod).

kmod_dir := $(out)/kmod/$(or $(KVER),unknown)
kmod_ko := $(kmod_dir)/colinux.ko
kmod_sources := $(shell find kmod -type f) $(wildcard include/colinux/*.h)

# An upgrade of the headers may change their contents, but not their path.
kmod_symvers := $(wildcard $(or $(KDIR),/usr/src/linux-headers-$(KVER))/Module.symvers)
kmod_headers := $(if $(kmod_symvers),$(shell stat -c '%Y %s' $(kmod_symvers)))

# KMOD_DEBUG=y, for the tests: undefined behaviour ends in an oops.
KMOD_DEBUG ?=
kmod_cflags := $(if $(WERROR),-Werror) $(if $(KMOD_DEBUG), \
	-fsanitize=bounds$(comma)shift$(comma)integer-divide-by-zero$(comma)bool$(comma)enum \
	-fsanitize-undefined-trap-on-error)

# No BTF: it needs the host's vmlinux and pahole, and nothing reads it.
kmod_flags := W=1 CO_INCLUDE=$(top)/include CONFIG_DEBUG_INFO_BTF_MODULES= \
	DEBIAN_KERNEL_USE_CCACHE=$(if $(ccache),yes) \
	KCFLAGS="$(strip $(kmod_cflags))" \
	$(if $(SPARSE),C=1 CHECK="sparse -Wsparse-error")

# Kbuild's progress is shown only if it fails, its warnings always.
kmod_build = kdir=$(or $(KDIR),$$($(scripts)/fetch-kernel --headers $(KVER))) && \
	$(scripts)/stage-kmod kmod $(kmod_dir) && \
	{ MAKE="$(MAKE)" $(scripts)/kbuild "$$kdir" V=$V M=$(top)/$(kmod_dir) $(kmod_flags) modules \
	$(if $(filter 0,$V),>$(kmod_dir)/.log || { cat $(kmod_dir)/.log; exit 1; }); }
kmod_no_kver = @$(if $(KDIR),echo "make: KDIR=$(KDIR): not the build directory of a kernel" >&2; exit 1,$(scripts)/kver $(kver_asked))

.PHONY: kmod
kmod: $(kmod_ko)

$(eval $(call remember,$(kmod_dir)/.flags,$(KDIR) $(kmod_flags) $(kmod_headers) $(sort $(kmod_sources))))

$(kmod_ko): $(kmod_sources) $(kmod_dir)/.flags $(scripts)/check-module
	$(if $(KVER),,$(kmod_no_kver))
	$(call say,KBUILD,$@)
	$(run)$(kmod_build)
	$(Q)$(scripts)/check-module $@
	$(Q)touch $@
