# SPDX-License-Identifier: GPL-2.0
#
# The tools: build/tools/colinux/colinux and build/tools/image/colinux-image, each from
# the directory in tools/ of that name, from the code that both share, tools/common/*.c,
# and from the code that they share with the monitor, monitor/common/*.c.

ctl_dir := $(out)/tools/colinux
ctl_bin := $(ctl_dir)/colinux
ctl_sources := $(wildcard tools/colinux/*.c)
ctl_objects := $(ctl_sources:%.c=$(out)/%.o)
image_dir := $(out)/tools/image
image_bin := $(image_dir)/colinux-image
image_sources := $(wildcard tools/image/*.c)
image_objects := $(image_sources:%.c=$(out)/%.o)
tool_sources := $(wildcard tools/common/*.c)
tool_objects := $(tool_sources:%.c=$(out)/%.o)
tool_shared := $(tool_objects) $(patsubst %.c,$(out)/%.o,$(wildcard monitor/common/*.c))
tool_flags := -Itools/common

.PHONY: ctl
ctl: $(ctl_bin) $(image_bin)

$(tool_objects): monitor_flags += $(tool_flags)
$(ctl_objects): monitor_flags += $(tool_flags) -Itools/colinux
$(image_objects): monitor_flags += $(tool_flags) -Itools/image

$(eval $(call remember,$(ctl_dir)/.sources,$(ctl_objects) $(tool_shared)))
$(eval $(call remember,$(image_dir)/.sources,$(image_objects) $(tool_shared)))

$(ctl_bin): $(ctl_objects) $(tool_shared) $(ctl_dir)/.sources
	$(call say,LD,$@)
	$(Q)$(CC) $(user_link) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(shell pkg-config --libs expat json-c)

$(image_bin): $(image_objects) $(tool_shared) $(image_dir)/.sources
	$(call say,LD,$@)
	$(Q)$(CC) $(user_link) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(shell pkg-config --libs json-c) -lcrypt

-include $(ctl_objects:.o=.d) $(image_objects:.o=.d) $(tool_objects:.o=.d)
