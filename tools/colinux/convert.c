// SPDX-License-Identifier: GPL-2.0
/*
 * colinux convert: makes a config file from an XML file of the first coLinux, which had
 * such files up to version 0.6.
 *
 *   <colinux>
 *     <block_device index="0" path="..." alias="hda1" enabled="true"/>
 *     <bootparams>root=/dev/cobd0</bootparams>
 *     <image path="vmlinux"/> <initrd path="..."/> <memory size="64"/>
 *     <network index="0" type="tap" name="..." mac="..." redir="..."/>
 *   </colinux>
 *
 * Prints the words, with comments where the user has to edit them. A Windows path
 * becomes the name of a file beside the config file.
 */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "common/conf.h"
#include "common/file.h"

/* For parameters that the types of expat's handlers require. */
#define UNUSED		__attribute__((unused))

/* Such files have a few dozen lines. */
#define XML_MAX		(1 << 20)

/**
 * struct convert - a conversion
 * @parser:	the XML parser
 * @depth:	number of open elements
 * @bootparams:	true inside of <bootparams>
 * @why:	first error, empty if none
 */
struct convert {
	XML_Parser parser;
	unsigned int depth;
	bool bootparams;
	char why[160];
};

/* The name is from the file and may have any length. */
static void convert_refuse(struct convert *c, const char *name, const char *why)
{
	if (!c->why[0])
		snprintf(c->why, sizeof(c->why), "<%.60s> %s", name, why);
	XML_StopParser(c->parser, XML_FALSE);
}

static const char *attribute(const char **attr, const char *name)
{
	for (; *attr; attr += 2)
		if (!strcmp(attr[0], name))
			return attr[1];
	return "";
}

/* Control characters could add lines to the config file or control a terminal. */
static bool printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static void put_word(const char *name, const char *value)
{
	printf("%s=", name);
	conf_write_word(stdout, value);
	putchar('\n');
}

/* The directory of a Windows path means nothing here; only the file's name is used. */
static void put_file(const char *name, const char *path)
{
	const char *last = strrchr(path, '\\');

	if (!last && !conf_windows_path(path)) {
		put_word(name, path);
		return;
	}
	if (!last)
		last = strrchr(path, '/');
	printf("# was %s: copy it here\n", path);
	put_word(name, last + 1);
}

static void put_disk(const char **attr)
{
	const char *path = attribute(attr, "path");
	const char *index = attribute(attr, "index");
	const char *alias = attribute(attr, "alias");
	char name[24];

	if (strcmp(attribute(attr, "enabled"), "true")) {
		printf("# not enabled: cobd%s=%s\n", index, path);
		return;
	}
	snprintf(name, sizeof(name), "cobd%s", index);
	if (!strncmp(path, "\\Device\\", 8) ||
	    !strncmp(path, "\\DosDevices\\PhysicalDrive", 25))
		printf("# %s was the partition %s: name it as this host does\n",
		       name, path);
	else
		put_file(name, path);
	if (*alias)
		printf("%s=:%s\n", alias, name);
}

static void put_network(const char **attr)
{
	const char *index = attribute(attr, "index");
	const char *type = attribute(attr, "type");
	const char *mac = attribute(attr, "mac");
	const char *redir = attribute(attr, "redir");
	const char *comma = *mac ? "," : "";

	if (!strcmp(type, "slirp")) {
		printf("eth%s=slirp%s%s%s%s\n", index,
		       *mac || *redir ? "," : "", mac, *redir ? "," : "", redir);
		return;
	}
	if (!strcmp(type, "bridged"))
		printf("# eth%s was bridged to \"%s\": add bridge=BR with a bridge of this host\n",
		       index, attribute(attr, "name"));
	printf("eth%s=tuntap%s%s%s\n", index, *mac ? "," : "", comma, mac);
}

static bool is_number(const char *text)
{
	unsigned int n;

	return !number_whole(text, 99999, &n);
}

static void on_element(struct convert *c, const char *name, const char **attr)
{
	if (!strcmp(name, "bootparams")) {
		c->bootparams = true;
	} else if (!strcmp(name, "block_device") || !strcmp(name, "network")) {
		if (!is_number(attribute(attr, "index")))
			convert_refuse(c, name, "without an index");
		else if (*name == 'b')
			put_disk(attr);
		else
			put_network(attr);
	} else if (!strcmp(name, "memory")) {
		put_word("mem", attribute(attr, "size"));
	} else if (!strcmp(name, "initrd")) {
		put_file("initrd", attribute(attr, "path"));
	} else if (!strcmp(name, "image")) {
		printf("# kernel %s: that of the first coLinux does not run here; the installed one does\n",
		       attribute(attr, "path"));
	} else {
		printf("# <%s> has no meaning here\n", name);
	}
}

static void XMLCALL on_start(void *data, const char *name, const char **attr)
{
	struct convert *c = data;

	for (const char **a = attr; *a; a++)
		if (!printable(*a)) {
			convert_refuse(c, name, "has control characters");
			return;
		}
	if (c->depth++ == 0) {
		if (strcmp(name, "colinux"))
			convert_refuse(c, name, "is not the root element <colinux>");
		return;
	}
	if (c->depth == 2)
		on_element(c, name, attr);
}

static void XMLCALL on_end(void *data, const char *name UNUSED)
{
	struct convert *c = data;

	c->depth--;
	if (c->bootparams)
		putchar('\n');
	c->bootparams = false;
}

/* The text is words for the guest's kernel already. Line ends become spaces. */
static void XMLCALL on_text(void *data, const char *text, int len)
{
	struct convert *c = data;

	for (int i = 0; c->bootparams && i < len; i++)
		putchar((unsigned char)text[i] < ' ' ? ' ' : text[i]);
}

/* Such files declare no entities. The expansion of one could grow without limit. */
static void XMLCALL on_entity(void *data, const char *name, int is_parameter UNUSED,
			      const char *value UNUSED, int len UNUSED,
			      const char *base UNUSED, const char *system UNUSED,
			      const char *public UNUSED, const char *notation UNUSED)
{
	convert_refuse(data, name, "is declared as an entity");
}

static enum status convert_words(const char *path, const char *text, size_t size)
{
	struct convert c = { .parser = XML_ParserCreate(NULL) };
	enum status status = STATUS_OK;

	if (!c.parser) {
		complain("out of memory");
		return STATUS_FAILED;
	}
	XML_SetUserData(c.parser, &c);
	XML_SetElementHandler(c.parser, on_start, on_end);
	XML_SetCharacterDataHandler(c.parser, on_text);
	XML_SetEntityDeclHandler(c.parser, on_entity);
	if (XML_Parse(c.parser, text, size, 1) != XML_STATUS_OK) {
		complain("%s:%lu: %s: give a config file of coLinux up to 0.6",
			 path, XML_GetCurrentLineNumber(c.parser),
			 c.why[0] ? c.why :
			 XML_ErrorString(XML_GetErrorCode(c.parser)));
		status = STATUS_FAILED;
	}
	XML_ParserFree(c.parser);
	return status;
}

/**
 * command_convert() - make a config file from an XML file
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_convert(const struct args *a)
{
	struct err err = { .text = "" };
	enum status status;
	size_t size;
	char *text;

	text = file_slurp(a->words[0], XML_MAX, &size, &err);
	if (!text) {
		complain("%s", err.text);
		return STATUS_FAILED;
	}
	status = convert_words(a->words[0], text, size);
	free(text);
	return status;
}
