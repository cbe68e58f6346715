# SPDX-License-Identifier: GPL-2.0
#
# make install: the module into the directory of the host kernel's modules, the
# configuration into SYSCONFDIR, all else below PREFIX. systemd.mk adds its files.

MODDIR ?= /lib/modules/$(KVER)/extra
SYSCONFDIR ?= /etc

# The files to install, as SOURCE:TARGET. uninstall removes the same files.
man_pages := $(wildcard docs/man/*.[1-8])
image_files := $(wildcard $(addprefix tools/image.d/*.,conf network rules service sh))
install_programs := $(monitor_bin):$(ABIDIR)/colinux-run \
	$(ctl_bin):$(BINDIR)/colinux \
	$(image_bin):$(BINDIR)/colinux-image \
	tools/image.d/create:$(LIBDIR)/tools/image.d/create \
	tools/image.d/pack:$(LIBDIR)/tools/image.d/pack \
	tools/image.d/colinux-modules:$(LIBDIR)/tools/image.d/colinux-modules
install_files := $(kmod_ko):$(MODDIR)/colinux.ko \
	$(guest_vmlinux):$(ABIDIR)/vmlinux \
	$(guest_modprobe):$(SYSCONFDIR)/modprobe.d/colinux.conf \
	tools/systemd/colinux-kvm.conf:$(SYSCONFDIR)/modprobe.d/colinux-kvm.conf \
	$(foreach file,$(image_files),$(file):$(LIBDIR)/$(file)) \
	$(foreach page,$(man_pages),$(page):$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

# The x86-64 kernel, if 'make guest-x86_64' has built it once: install then makes it new.
install_64 := $(out)/guest-x86_64/vmlinux:$(ABIDIR)/vmlinux-x86_64 \
	$(out)/guest-x86_64/modprobe.conf:$(SYSCONFDIR)/modprobe.d/colinux-x86_64.conf
install_links_64 := $(abi)/vmlinux-x86_64:$(LIBDIR)/vmlinux-x86_64
has_64 := $(wildcard $(out)/guest-x86_64/vmlinux)

install_links := $(ABIDIR)/colinux-run:$(BINDIR)/colinux-run \
	$(abi)/vmlinux:$(LIBDIR)/vmlinux

install_from = $(word 1,$(subst :, ,$1))
install_to = $(DESTDIR)$(word 2,$(subst :, ,$1))
install_one = install -D -m $2 $(call install_from,$1) $(call install_to,$1)
link_one = ln -sfn $(call install_from,$1) $(call install_to,$1)
define newline


endef

.PHONY: install uninstall
install: all $(if $(has_64),guest-x86_64)
	$(foreach one,$(install_programs),$(Q)$(call install_one,$(one),755)$(newline)	)
	$(foreach one,$(install_files) $(if $(has_64),$(install_64)),$(Q)$(call install_one,$(one),644)$(newline)	)
	$(Q)mkdir -p $(DESTDIR)$(BINDIR)
	$(foreach one,$(install_links) $(if $(has_64),$(install_links_64)),$(Q)$(call link_one,$(one))$(newline)	)
	$(Q)mkdir -p $(DESTDIR)$(SYSCONFDIR)/colinux $(DESTDIR)/var/lib/colinux
	$(if $(DESTDIR),,$(Q)depmod $(KVER))

uninstall:
	$(Q)rm -f $(foreach one,$(install_programs) $(install_files) $(install_64) $(install_links) $(install_links_64),$(call install_to,$(one)))
	$(Q)for dir in $(ABIDIR) $(LIBDIR)/tools/image.d $(LIBDIR)/tools $(LIBDIR) \
			$(SYSCONFDIR)/colinux /var/lib/colinux; do \
		rmdir --ignore-fail-on-non-empty "$(DESTDIR)$$dir" 2>/dev/null || true; done
	$(if $(DESTDIR),,$(Q)depmod $(KVER))
