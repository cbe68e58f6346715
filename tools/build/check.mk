# SPDX-License-Identifier: GPL-2.0
#
# The checks. Each is a suite that ends with "N passed, N failed". The suites are style
# (static checks), unit (Check, on this machine), fuzz (libFuzzer, a few seconds per
# target) and nested (in the nested host).

unit_dir := $(out)/tests/unit
unit_sources := $(wildcard tests/unit/*.c)
unit_tests := $(unit_sources:%.c=$(out)/%)
unit_objects := $(filter-out $(out)/monitor/main.o,$(monitor_objects))
unit_lib := $(unit_dir)/libmonitor.a

# A unit test may include a source of the module or of the monitor, to reach its
# static functions.
$(unit_tests:=.o): monitor_flags += -I. -Ikmod $(tool_flags) $(shell pkg-config --cflags check)

# These tests include sources of the tools. test_args is linked with the remainder of
# colinux, test_imagetool with that of colinux-image.
$(unit_dir)/test_convert.o: monitor_flags += -Itools/colinux
$(unit_dir)/test_convert: monitor_libs += -lexpat
unit_ctl := $(filter-out %/main.o,$(ctl_objects))
$(unit_dir)/test_args.o $(unit_dir)/test_confedit.o: monitor_flags += -Itools/colinux
$(unit_dir)/test_args: $(unit_ctl) $(tool_objects)
$(unit_dir)/test_args: monitor_libs += -lexpat
$(unit_dir)/test_imagetool.o: monitor_flags += -Itools/image
$(unit_dir)/test_imagetool: $(filter-out %/main.o,$(image_objects)) $(tool_objects)
$(unit_dir)/test_imagetool: monitor_libs += -lcrypt

$(unit_lib): $(unit_objects) $(monitor_dir)/.sources
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@
	$(Q)ar qcs $@ $(filter %.o,$^)

$(unit_tests): %: %.o $(unit_lib)
	$(call say,LD,$@)
	$(Q)$(CC) $(user_link) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(unit_lib) $(shell pkg-config --libs check) $(monitor_libs)

-include $(unit_tests:=.d)
.SECONDARY: $(unit_tests:=.o)

.PHONY: unit-tests
unit-tests: $(unit_tests)

# The scripts run make again, in directories of their own below build/check.
export KVER KDIR MAKE
run_suites = $(run)$(scripts)/run-suites
suite_style := style=$(scripts)/check-style
suite_unit := unit='tests/unit/run $(unit_tests)'
suite_fuzz := fuzz='tests/fuzz/run 10 $(fuzz_targets)'
suite_nested := nested=tests/nested/run

# The monitor for the tests with hostile guests.
.PHONY: sanitized
sanitized:
	$(run)$(MAKE) SANITIZE=1 out=$(out)/sanitize monitor

.PHONY: check check-style check-unit check-nested
check: all guest-fault guest-test-x86_64 unit-tests fuzz-targets test-guests sanitized
	$(run_suites) $(suite_style) $(suite_unit) $(suite_fuzz) $(suite_nested)

check-style:
	$(run_suites) $(suite_style)

check-unit: unit-tests
	$(run_suites) $(suite_unit)

check-nested: all guest-fault guest-test-x86_64 test-guests sanitized
	$(run_suites) $(suite_nested)

# The complete form of the nested test "faults".
.PHONY: check-faults
check-faults: all guest-fault
	$(run)tests/nested/run --full faults
	$(Q)cat $(out)/tests/nested/faults/table

# check-style calls this, as it does not know the compiler's flags.
.PHONY: tidy
tidy_sources := $(monitor_sources) $(ctl_sources) $(image_sources) $(tool_sources)
tidy: $(tidy_sources:%=tidy/%)

.PHONY: $(tidy_sources:%=tidy/%)
$(tidy_sources:%=tidy/%): tidy/%:
	$(Q)clang-tidy --quiet $* -- $(monitor_flags) $(tool_flags) -Itools/colinux -Itools/image 2> >(grep -v ' generated\.$$' >&2)
