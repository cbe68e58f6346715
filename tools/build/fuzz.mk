# SPDX-License-Identifier: GPL-2.0
#
# Fuzzing with libFuzzer, under AddressSanitizer and UBSan. A target is
# tests/fuzz/NAME.c, linked with the monitor's sources. Its corpus, a few small inputs
# to start from, is tests/fuzz/corpus/NAME. Inputs that a run adds stay in build/fuzz.

FUZZ_SECONDS ?= 60

fuzz_dir := $(out)/fuzz
fuzz_names := $(notdir $(patsubst %/,%,$(wildcard tests/fuzz/corpus/*/)))
fuzz_targets := $(fuzz_names:%=$(fuzz_dir)/%)
fuzz_objects := $(patsubst %.c,$(fuzz_dir)/%.o,$(filter-out monitor/main.c,$(monitor_sources)))
fuzz_lib := $(fuzz_dir)/libmonitor.a

# Clang warns about formats that GCC accepts.
fuzz_flags := -std=gnu11 -O1 -g $(user_warnings) -Wno-format-nonliteral $(monitor_defines) \
	-fsanitize=fuzzer-no-link$(comma)address$(comma)undefined \
	-fno-sanitize-recover=undefined -fno-omit-frame-pointer \
	-Iinclude -Imonitor -I. $(shell pkg-config --cflags $(monitor_packages))

$(eval $(call remember,$(fuzz_dir)/.flags,$(subst ','\'',clang $(fuzz_flags))))

$(fuzz_dir)/%.o: %.c $(fuzz_dir)/.flags
	$(call say,CLANG,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(ccache) clang $(fuzz_flags) -MMD -MP -c -o $@ $<

$(fuzz_lib): $(fuzz_objects) $(monitor_dir)/.sources
	$(Q)rm -f $@
	$(Q)ar qcs $@ $(filter %.o,$^)

$(fuzz_targets): $(fuzz_dir)/%: $(fuzz_dir)/tests/fuzz/%.o $(fuzz_lib)
	$(call say,LD,$@)
	$(Q)clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(monitor_libs)

-include $(fuzz_objects:.o=.d) $(fuzz_names:%=$(fuzz_dir)/tests/fuzz/%.d)
.SECONDARY: $(fuzz_names:%=$(fuzz_dir)/tests/fuzz/%.o)

.PHONY: fuzz fuzz-targets
fuzz-targets: $(fuzz_targets)

fuzz: fuzz-targets
	$(Q)tests/fuzz/run $(FUZZ_SECONDS) $(fuzz_targets)
