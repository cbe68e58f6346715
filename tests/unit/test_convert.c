// SPDX-License-Identifier: GPL-2.0
/*
 * 'colinux convert': configuration files from the XML files of the first coLinux.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

#include "tools/colinux/convert.c"

static char said[512];

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
}

/* Convert @text; @out gets the output. */
static enum status run(const char *text, char *out, size_t size)
{
	char in_path[] = "/tmp/colinux-convert-XXXXXX";
	char *words[2] = { in_path, NULL };
	struct args args = { .words = words, .nr = 1 };
	int fd = mkstemp(in_path), saved = dup(STDOUT_FILENO);
	FILE *to = tmpfile();
	enum status status;
	size_t len;

	ck_assert(fd >= 0 && saved >= 0 && to);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	fflush(stdout);
	dup2(fileno(to), STDOUT_FILENO);
	said[0] = '\0';
	status = command_convert(&args);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(to);
	len = fread(out, 1, size - 1, to);
	out[len] = '\0';
	fclose(to);
	unlink(in_path);
	return status;
}

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

#define XML	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"

static const struct {
	const char *text;
	const char *words;
} good[] = {
	{ XML "<colinux/>", "" },
	{ XML "<colinux><block_device index=\"0\" path=\"\\DosDevices\\c:\\x\\root fs\" alias=\"hda1\" enabled=\"true\"/></colinux>",
	  "# was \\DosDevices\\c:\\x\\root fs: copy it here\n"
	  "cobd0=\"root fs\"\nhda1=:cobd0\n" },
	{ "<colinux><block_device index=\"1\" path=\"/x/y\" enabled=\"true\"></block_device></colinux>",
	  "cobd1=/x/y\n" },
	{ "<colinux><block_device index=\"1\" path=\"x\" enabled=\"false\"/></colinux>",
	  "# not enabled: cobd1=x\n" },
	{ "<colinux><block_device index=\"2\" path=\"\\Device\\Harddisk0\\Partition1\" enabled=\"true\"/></colinux>",
	  "# cobd2 was the partition \\Device\\Harddisk0\\Partition1: name it as this host does\n" },
	{ "<colinux><bootparams>root=/dev/cobd0\nro</bootparams><memory size=\"64\"/></colinux>",
	  "root=/dev/cobd0 ro\nmem=64\n" },
	{ "<colinux><network index=\"0\" type=\"tap\" name=\"My TAP\" mac=\"00:43:4f:4e:45:30\"/><network index=\"1\" type=\"tap\"/></colinux>",
	  "eth0=tuntap,,00:43:4f:4e:45:30\neth1=tuntap\n" },
	{ "<colinux><network index=\"1\" type=\"slirp\" redir=\"tcp:2222:22\"/></colinux>",
	  "eth1=slirp,,tcp:2222:22\n" },
	{ "<colinux><initrd path=\"c:\\i.gz\"/><cofs_device index=\"0\"/></colinux>",
	  "# was c:\\i.gz: copy it here\ninitrd=i.gz\n# <cofs_device> has no meaning here\n" },
};

START_TEST(converted)
{
	char out[1024];

	ck_assert_int_eq(run(good[_i].text, out, sizeof(out)), STATUS_OK);
	ck_assert_str_eq(out, good[_i].words);
	ck_assert_str_eq(said, "");
}
END_TEST

static const struct {
	const char *text;
	const char *why;
} bad[] = {
	{ "mem=64\n", "not well-formed" },
	{ "<html/>", "<html> is not the root element" },
	{ "<colinux><block_device path=\"x\"/></colinux>", "without an index" },
	{ "<colinux><block_device index=\"1x\" path=\"x\"/></colinux>", "without an index" },
	{ "<colinux><memory size=\"64&#10;kernel=/x\"/></colinux>", "control characters" },
	{ "<!DOCTYPE c [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><colinux/>", "entity" },
	{ "<!DOCTYPE c [<!ENTITY a SYSTEM \"/etc/shadow\">]><colinux/>", "entity" },
	{ "<colinux>", "no element found" },
};

START_TEST(refused)
{
	char out[1024];

	ck_assert_int_eq(run(bad[_i].text, out, sizeof(out)), STATUS_FAILED);
	ck_assert_ptr_nonnull(strstr(said, bad[_i].why));
	ck_assert_str_eq(out, "");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("convert");
	TCase *tc = tcase_create("convert");

	tcase_add_loop_test(tc, converted, 0, COUNT(good));
	tcase_add_loop_test(tc, refused, 0, COUNT(bad));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
