// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-image: its command line, and what it makes of text and bytes of others.
 */
#include <string.h>

#include "line.h"
#include "suite.h"

int image_main(int argc, char **argv);

#define main image_main
#include "tools/image/main.c"
#undef main
#include "tools/image/create.h"
#include "tools/image/image.h"

static struct err err;

static int parse(struct args *a, const char *line)
{
	return line_parse(a, line, &err);
}

/* The words behind IMAGE are for another program. */
START_TEST(command_of_image)
{
	struct args a;

	ck_assert_int_eq(parse(&a, "colinux-image shell --network a.img ls --json -l --"), 0);
	ck_assert(args_has(&a, "network"));
	ck_assert_uint_eq(a.nr, 5);
	ck_assert_str_eq(a.words[0], "a.img");
	ck_assert_str_eq(a.words[2], "--json");
	ck_assert_str_eq(a.words[4], "--");
	ck_assert_int_eq(parse(&a, "colinux-image --network shell a.img -- ls -l"), 0);
	ck_assert(args_has(&a, "network"));
	ck_assert_uint_eq(a.nr, 3);
	ck_assert_str_eq(a.words[1], "ls");
	ck_assert_int_eq(parse(&a, "colinux-image shell -- a.img --network"), 0);
	ck_assert(!args_has(&a, "network"));
	ck_assert_uint_eq(a.nr, 2);
	ck_assert_int_eq(parse(&a, "colinux-image shell"), -1);
	ck_assert_str_eq(err.text, "give IMAGE [COMMAND]...");
	ck_assert_int_eq(parse(&a, "colinux-image resize a.img 1G x"), -1);
	ck_assert_str_eq(err.text, "x: one too many: give IMAGE SIZE");
}
END_TEST

START_TEST(sizes)
{
	static const char *const bad[] = {
		"", "0", "0K", "-1", "+1G", " 1G", "1G ", "1g", "1GB", "1.5G", "G",
		"9223372036854775808", "8388608T", "99999999999999999999999",
	};
	int64_t n;

	ck_assert_int_eq(size_parse("4096", &n), 0);
	ck_assert_int_eq(n, 4096);
	ck_assert_int_eq(size_parse("8388607T", &n), 0);
	ck_assert_int_eq(n, 8388607LL << 40);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(size_parse(bad[i], &n), "%s", bad[i]);
}
END_TEST

START_TEST(machines)
{
	char elf[MACHINE_BYTES] = "\177ELF\1\1\1";

	elf[18] = 3;
	ck_assert_str_eq(root_machine(elf, sizeof(elf)), "i386");
	ck_assert_ptr_null(root_machine(elf, sizeof(elf) - 1));
	elf[4] = 2;
	ck_assert_str_eq(root_machine(elf, sizeof(elf)), "of another machine");
	elf[18] = 62;
	ck_assert_str_eq(root_machine(elf, sizeof(elf)), "x86_64");
	elf[18] = (char)183;
	ck_assert_str_eq(root_machine(elf, sizeof(elf)), "ARM");
	elf[1] = 'e';
	ck_assert_ptr_null(root_machine(elf, sizeof(elf)));
}
END_TEST

START_TEST(names)
{
	struct text name = { .max = 64 };

	ck_assert(os_name("ID=x\nPRETTY_NAME=\"A \033[31mB\"\nX=1\n", &name));
	ck_assert_str_eq(name.text, "A [31mB");
	text_free(&name);
	ck_assert(os_name("PRETTY_NAME=C", &name));
	ck_assert_str_eq(name.text, "C");
	text_free(&name);
	ck_assert(!os_name("X_PRETTY_NAME=D\nPRETTY_NAME=\n", &name));
	text_free(&name);
	ck_assert(archive_is_part("dir/guest (1)-disk1.VMDK"));
	ck_assert(!archive_is_part("a\033b.vmdk"));
	ck_assert(!archive_is_part(".vmdk"));
	ck_assert(!archive_is_part("a.vmdk.mf"));
}
END_TEST

START_TEST(fstab)
{
	struct text new = { .max = 4096 }, removed = { .max = 4096 };

	ck_assert(fstab_mend("# /dev/sda is a comment\n"
			     "UUID=1\t/  xfs\tnoatime 0 1\n"
			     "LABEL=home /home ext4 defaults 0 2\n"
			     "proc /proc proc defaults 0 0\n\n",
			     &new, &removed));
	ck_assert_str_eq(new.text, "# /dev/sda is a comment\n"
				   "/dev/cobd0 / ext4 defaults 0 1\n"
				   "#colinux-image# LABEL=home /home ext4 defaults 0 2\n"
				   "proc /proc proc defaults 0 0\n\n");
	ck_assert_str_eq(removed.text, "LABEL=home /home ext4 defaults 0 2\n");
	text_free(&new);
	text_free(&removed);
	ck_assert(!fstab_mend("/dev/cobd0 / ext4 rw 0 1\n", &new, &removed));
	text_free(&new);
	ck_assert(!fstab_mend("overlay / overlay ro 0 0\n", &new, &removed));
	text_free(&new);
	ck_assert(fstab_mend("# nothing\nLABEL=swap none swap sw\n", &new, &removed));
	ck_assert_str_eq(new.text, "# nothing\n"
				   "#colinux-image# LABEL=swap none swap sw\n"
				   "/dev/cobd0 / ext4 defaults 0 1\n");
	text_free(&new);
	text_free(&removed);
}
END_TEST

START_TEST(words)
{
	ck_assert(has_word("tty1\nhvc0\n", "hvc0"));
	ck_assert(has_word("1:23:respawn:/sbin/getty hvc0", "hvc0"));
	ck_assert(!has_word("#hvc0::x\ntty1 # hvc0\n", "hvc0"));
	ck_assert(has_word("# a\nhvc0", "hvc0"));
	ck_assert(!has_word("hvc01 xhvc0", "hvc0"));
}
END_TEST

START_TEST(debian)
{
	struct text keys = { .max = 4096 };
	char good[] = "# mine\n\n  ssh-ed25519 AAAA= ada\nno-pty ecdsa-sha2-nistp256 BBBB\n";
	char bad[] = "ssh-rsa AAAA\nhello\n", none[] = "# nothing\n";
	char private[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";

	ck_assert(create_are_packages("a,lib-b+.1"));
	ck_assert(!create_are_packages(""));
	ck_assert(!create_are_packages("a,"));
	ck_assert(!create_are_packages(",a"));
	ck_assert(!create_are_packages("a b"));
	ck_assert(!create_are_packages("a,-b"));
	ck_assert(create_is_key("sk-ssh-ed25519@openssh.com AAAA"));
	ck_assert(!create_is_key("xssh-rsa AAAA"));
	ck_assert(!create_is_key("ssh-rsa"));
	ck_assert_int_eq(create_keys(good, "f", &keys, &err), 0);
	ck_assert_str_eq(keys.text, "ssh-ed25519 AAAA= ada\nno-pty ecdsa-sha2-nistp256 BBBB\n");
	text_free(&keys);
	ck_assert_int_eq(create_keys(bad, "f", &keys, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "not a public key"));
	text_free(&keys);
	ck_assert_int_eq(create_keys(none, "f", &keys, &err), -1);
	ck_assert_int_eq(create_keys(private, "f", &keys, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "f.pub"));
}
END_TEST

/* The limit holds, and NULs, which would hide what follows, are dropped. */
START_TEST(texts)
{
	struct text t = { .max = 5 };

	text_add(&t, "a\0b", 3);
	text_add(&t, "cdefg", 5);
	ck_assert_str_eq(t.text, "abcde");
	ck_assert_uint_eq(t.len, 5);
	text_free(&t);
	ck_assert_str_eq(text_of(&t), "");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("imagetool");
	TCase *tc = tcase_create("imagetool");

	tcase_add_test(tc, command_of_image);
	tcase_add_test(tc, sizes);
	tcase_add_test(tc, machines);
	tcase_add_test(tc, names);
	tcase_add_test(tc, fstab);
	tcase_add_test(tc, words);
	tcase_add_test(tc, debian);
	tcase_add_test(tc, texts);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
