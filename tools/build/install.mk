# SPDX-License-Identifier: GPL-2.0
#
# make install: the module to the host kernel's folder, the rest below PREFIX.
# The list of what is installed stands once; uninstall removes the same.

MODDIR ?= /lib/modules/$(KVER)/extra

man_pages := $(wildcard docs/man/*.[1-8])
man_target = $(MANDIR)/man$(subst .,,$(suffix $1))/$(notdir $1)

.PHONY: install uninstall
install: all
	$(Q)install -D -m 644 $(kmod_ko) $(DESTDIR)$(MODDIR)/colinux.ko
	$(Q)install -D -m 755 $(monitor_bin) $(DESTDIR)$(BINDIR)/colinux-run
	$(Q)install -D -m 644 $(guest_vmlinux) $(DESTDIR)$(LIBDIR)/vmlinux
	$(Q)$(foreach page,$(man_pages),install -D -m 644 $(page) $(DESTDIR)$(call man_target,$(page)) &&) true
	$(Q)$(if $(DESTDIR),,depmod $(KVER))

uninstall:
	$(Q)rm -f $(DESTDIR)$(MODDIR)/colinux.ko $(DESTDIR)$(BINDIR)/colinux-run \
		$(foreach page,$(man_pages),$(DESTDIR)$(call man_target,$(page)))
	$(Q)rm -rf $(DESTDIR)$(LIBDIR)
	$(Q)$(if $(DESTDIR),,depmod $(KVER))
