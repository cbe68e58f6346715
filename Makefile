# SPDX-License-Identifier: GPL-2.0
#
# coLinux: builds, checks and installs the module, the monitor, the control tool and
# the guest kernel. 'make help' lists the targets. All products are below build/ or in
# the cache, none in the source directories.
#
# This file has the configuration and the general targets. tools/build/*.mk have the
# rules of each part, and the scripts beside them the longer steps.

VERSION := 0.1

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib/colinux
# Files that depend on the ABI are in a directory HOST.GUEST, beside other ABIs'.
abi := $(shell cat include/colinux/ioctl.h include/colinux/guest.h | \
	sed -nE 's/^\#define CO_(HOST|GUEST)_ABI[[:space:]]+([0-9]+).*/\2/p' | paste -sd .)
ABIDIR := $(LIBDIR)/$(abi)
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=

# V=1 shows the commands.
V ?= 0
Q := $(if $(filter 0,$V),@)
# For recipes that run make again: "+" passes the jobserver on; but not under make -n.
run := $(if $(findstring n,$(filter-out -%,$(firstword $(MAKEFLAGS)))),,+)$(Q)
say = $(if $(filter 0,$V),@printf '  %-8s%s\n' '$1' '$2')

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += -rR --no-print-directory
# Variables on the command line are for this file alone: a kernel's make must not see
# our CFLAGS= or PREFIX=.
MAKEOVERRIDES =
SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:
export V

comma := ,
top := $(CURDIR)
# Directory of the products. Some checks build again in another one.
out := build
scripts := tools/build
ccache := $(if $(shell command -v ccache),ccache)

.PHONY: all
all: kmod monitor ctl guest systemd

#
# Configuration: the first build makes it from Kconfig's defaults. KCONFIG_CONFIG is
# not exported, as the kernel's make has a variable of the same name.
#
kconfig := KCONFIG_CONFIG=build/config

unconfigured := deps demo help abi clean distclean menuconfig defconfig uninstall
ifneq ($(filter-out $(unconfigured),$(or $(MAKECMDGOALS),all)),)
include build/config

build/config: Kconfig
	$(Q)mkdir -p build
	$(Q)command -v kconfig-conf >/dev/null || \
		{ echo "make: kconfig-conf not found; run 'make deps'" >&2; exit 1; }
	$(Q)$(kconfig) kconfig-conf --$(if $(wildcard $@),olddefconfig,alldefconfig) Kconfig >/dev/null
	$(Q)touch $@
else
-include build/config
endif

.PHONY: menuconfig defconfig
menuconfig:
	$(Q)mkdir -p build
	$(Q)$(kconfig) kconfig-mconf Kconfig

defconfig:
	$(Q)mkdir -p build
	$(Q)$(kconfig) kconfig-conf --alldefconfig Kconfig

# Resolves KVER to a kernel release. If there is no such kernel, KVER is empty, and the
# module's rule prints the error.
ifdef KDIR
override KVER := $(shell cut -d'"' -f2 $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
else
kver_asked := $(KVER)
override KVER := $(shell $(scripts)/kver $(kver_asked) 2>/dev/null)
endif

# $(call remember,FILE,WORDS): a rule that writes FILE when WORDS have changed.
define remember
$1: FORCE
	@mkdir -p $$(@D)
	@echo '$2' | cmp -s - $$@ || echo '$2' >$$@
endef

.PHONY: FORCE
FORCE:

include $(scripts)/kmod.mk
include $(scripts)/monitor.mk
include $(scripts)/ctl.mk
include $(scripts)/guest.mk
include $(scripts)/testguest.mk
include $(scripts)/fuzz.mk
include $(scripts)/check.mk
include $(scripts)/install.mk
include $(scripts)/systemd.mk

.PHONY: deps
deps:
	$(Q)$(scripts)/deps

.PHONY: demo bench
# ARCH is the guest's architecture: of the command line alone, as an environment may have
# it for other builds, and the kernels' own make takes it for theirs.
demo_arch = $(if $(findstring command,$(origin ARCH)),$(ARCH),i386)

# One command for a fresh machine. make runs again after deps, which installs the
# headers of the kernel to build for.
demo:
	$(if $(filter i386 x86_64,$(demo_arch)),,$(error ARCH=$(ARCH): give i386 or x86_64))
	$(run)env -u ARCH $(MAKE) deps
	$(run)env -u ARCH $(MAKE) $(if $(KDIR),KDIR=$(KDIR)) all $(filter guest-x86_64,guest-$(demo_arch))
	$(Q)tools/demo $(demo_arch)

.PHONY: abi
abi:
	@echo $(abi)

# The guest kernels of the packages. One alone takes half of the time to build.
GUEST_ARCHS ?= i386 x86_64
guest_kernels := $(patsubst i386,guest,$(patsubst x86_64,guest-x86_64,$(GUEST_ARCHS)))

.PHONY: deb
deb: $(guest_kernels) build/config
	$(Q)GUEST_KERNELS='$(guest_kernels)' $(scripts)/deb $(VERSION)

bench: all test-guests native
	$(Q)tests/bench/run

# build/guest-edit has a developer's work, so clean keeps it.
.PHONY: clean distclean
clean:
	$(Q)if [ -d build ]; then \
		find build -mindepth 1 -maxdepth 1 ! -name config \
			! -name guest-edit -exec rm -rf {} +; fi

distclean:
	$(Q)$(scripts)/guest-edit --unsaved
	$(Q)rm -rf build

.PHONY: help
help:
	@sed -n 's/^# help: //p' $(firstword $(MAKEFILE_LIST))

# help: make                module, monitor, control tool, guest kernel
# help: make kmod | monitor | ctl | guest   one of them
# help: make deps           install the Debian packages that are needed
# help: make menuconfig     change the configuration (build/config)
# help: make defconfig      set the configuration back to its defaults
# help: make demo           a Debian guest in a nested host, up to its login; ARCH=x86_64
# help:                     for a 64-bit guest
# help: make check          all checks and tests
# help: make check-style    only the style and static checks
# help: make check-unit     only the unit tests
# help: make check-nested   only the tests in the nested host
# help: make fuzz           fuzz the monitor, each target for FUZZ_SECONDS=60
# help: make check-faults   the complete test of faults in the guest's kernel
# help: make bench          the benchmarks; build/bench/report.md
# help: make deb            Debian packages, in build/deb; GUEST_ARCHS=i386: with that
# help:                     guest kernel alone
# help: make guest-x86_64   the kernel of 64-bit guests; install then installs it, too
# help: make install        into PREFIX (/usr/local) below DESTDIR
# help: make uninstall      remove the installed files
# help: make guest-edit     check the patched guest kernel out as a git tree
# help: make guest-refresh  turn that tree back into guest/
# help: make guest-count    count the lines changed in existing kernel files
# help: make guest-apply-check   do the patches apply to every 6.1.y of apt?
# help: make clean          remove the products
# help: make distclean      remove the products and the configuration
# help: 
# help: Variables: KVER= or KDIR= (host kernel), LINUX_SOURCE= (guest kernel's
# help: source), PREFIX=, DESTDIR=, CFLAGS=, LDFLAGS=, V=1 (show commands),
# help: WERROR=1 (warnings are errors), SANITIZE=1 (colinux-run and its unit tests with
# help: address and undefined-behaviour sanitizers: for development only)
# help: KVER: a release such as 6.1.0-9-amd64, a series (6.12), a Debian suite (sid);
# help: -rt after a series or suite for its real-time kernel; docs/host-kernels.md
