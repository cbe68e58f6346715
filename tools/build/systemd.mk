# SPDX-License-Identifier: GPL-2.0
#
# Files for systemd and udev: the unit of a guest, its slice, the loading of the
# module, the group of the device. Also the shell completion. Included after
# install.mk, which installs them.

UNITDIR ?= $(PREFIX)/lib/systemd/system
UDEVDIR ?= $(PREFIX)/lib/udev/rules.d
MODULESLOADDIR ?= $(PREFIX)/lib/modules-load.d
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d

systemd_unit := $(out)/systemd/colinux@.service

$(systemd_unit): tools/systemd/colinux@.service.in tools/build/systemd.mk $(out)/systemd/.flags
	$(Q)sed 's|@BINDIR@|$(BINDIR)|' $< >$@

$(eval $(call remember,$(out)/systemd/.flags,$(BINDIR)))

.PHONY: systemd
systemd: $(systemd_unit)

install: $(systemd_unit)

install_files += $(systemd_unit):$(UNITDIR)/colinux@.service \
	tools/systemd/colinux.slice:$(UNITDIR)/colinux.slice \
	tools/completion/colinux:$(COMPLETIONDIR)/colinux \
	tools/completion/colinux:$(COMPLETIONDIR)/colinux-image \
	tools/completion/colinux:$(COMPLETIONDIR)/colinux-run \
	tools/systemd/60-colinux.rules:$(UDEVDIR)/60-colinux.rules \
	tools/systemd/colinux-modules.conf:$(MODULESLOADDIR)/colinux.conf \
	tools/systemd/colinux-sysusers.conf:$(SYSUSERSDIR)/colinux.conf
