# SPDX-License-Identifier: GPL-2.0
#
# The control tool: build/tools/colinux/colinux, from tools/colinux/*.c and the code
# that it shares with the monitor, monitor/common/*.c.

ctl_dir := $(out)/tools/colinux
ctl_bin := $(ctl_dir)/colinux
ctl_sources := $(wildcard tools/colinux/*.c)
ctl_objects := $(ctl_sources:%.c=$(out)/%.o)
ctl_shared := $(patsubst %.c,$(out)/%.o,$(wildcard monitor/common/*.c))

.PHONY: ctl
ctl: $(ctl_bin)

$(ctl_objects): monitor_flags += -Itools/colinux

$(eval $(call remember,$(ctl_dir)/.sources,$(ctl_objects)))

$(ctl_bin): $(ctl_objects) $(ctl_shared) $(ctl_dir)/.sources
	$(call say,LD,$@)
	$(Q)$(CC) $(user_link) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(shell pkg-config --libs expat json-c)

-include $(ctl_objects:.o=.d)
