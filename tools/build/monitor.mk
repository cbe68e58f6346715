# SPDX-License-Identifier: GPL-2.0
#
# The monitor: build/monitor/colinux-run, from monitor/main.c and the directories
# beside it. Sources include its headers relative to monitor/: "block/aio.h".

monitor_dir := $(out)/monitor
monitor_bin := $(monitor_dir)/colinux-run
monitor_sources := $(wildcard monitor/*.c monitor/*/*.c)
monitor_objects := $(monitor_sources:%.c=$(out)/%.o)
monitor_packages := liburing libcap libseccomp libnl-route-3.0 \
	json-c libsystemd

CC := gcc
CFLAGS ?= -O2 -g
LDFLAGS ?=

user_warnings := -Wall -Wextra -Wformat=2 -Wshadow -Wpointer-arith -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla \
	$(if $(WERROR),-Werror)
user_hardening := -fPIE -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection -D_FORTIFY_SOURCE=2
user_sanitize := $(if $(SANITIZE),-fsanitize=address$(comma)undefined \
	-fno-omit-frame-pointer)
user_link := -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(user_sanitize)

# CO_DEFAULT_MEM is in MiB.
monitor_defines := -D_GNU_SOURCE -DCO_VERSION='"$(VERSION)"' \
	-DCO_DEFAULT_MEM=$(CONFIG_GUEST_MEM) -DCO_LIBDIR='"$(LIBDIR)"'
monitor_flags := -std=gnu11 $(user_warnings) $(user_hardening) $(user_sanitize) \
	$(monitor_defines) -Iinclude -Imonitor \
	$(shell pkg-config --cflags $(monitor_packages)) $(CFLAGS)
# Not through pkg-config: libslirp's file requires GLib's, its header does not.
monitor_libs := $(shell pkg-config --libs $(monitor_packages)) -lslirp -lpthread

.PHONY: monitor
monitor: $(monitor_bin)

$(eval $(call remember,$(monitor_dir)/.flags,$(subst ','\'',$(CC) $(monitor_flags) $(LDFLAGS))))
# After the removal of a source, the programs are linked again without it.
$(eval $(call remember,$(monitor_dir)/.sources,$(monitor_objects)))

$(monitor_bin): $(monitor_objects) $(monitor_dir)/.sources
	$(call say,LD,$@)
	$(Q)$(CC) $(user_link) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(monitor_libs)

$(out)/%.o: %.c $(monitor_dir)/.flags
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(ccache) $(CC) $(monitor_flags) -MMD -MP -c -o $@ $<

-include $(monitor_objects:.o=.d)
