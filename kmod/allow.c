// SPDX-License-Identifier: GPL-2.0
/*
 * The list of guest kernels that may run. Root puts the SHA-256 of each image
 * on it.
 *
 * A guest's kernel runs in ring 0: the right to choose it is the right to take
 * over the host. The monitor need not have that right, because the module
 * itself hashes the copy of the image that it then loads.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash.h>
#include <crypto/sha2.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vm.h"

#define HEX_SIZE	(2 * SHA256_DIGEST_SIZE)

struct allowed {
	struct list_head list;
	u8 digest[SHA256_DIGEST_SIZE];
};

/* Globals, because a module parameter belongs to the whole module. */
static LIST_HEAD(allowed_kernels);
static DEFINE_MUTEX(allowed_lock);

static bool unsafe_any_kernel;
module_param(unsafe_any_kernel, bool, 0600);
MODULE_PARM_DESC(unsafe_any_kernel,
		 "Run any kernel image, whatever allow_kernel says (N)");

static struct allowed *allow_find(const u8 *digest)
{
	struct allowed *a;

	list_for_each_entry(a, &allowed_kernels, list)
		if (!memcmp(a->digest, digest, SHA256_DIGEST_SIZE))
			return a;
	return NULL;
}

static int add(const u8 *digest)
{
	struct allowed *a;

	if (allow_find(digest))
		return 0;
	a = kmalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	memcpy(a->digest, digest, SHA256_DIGEST_SIZE);
	list_add_tail(&a->list, &allowed_kernels);
	return 0;
}

static void allow_drop(const u8 *digest)
{
	struct allowed *a = allow_find(digest);

	if (a) {
		list_del(&a->list);
		kfree(a);
	}
}

/* @word is a digest in hex to add to the list; with a leading '-', to remove. */
static int allow_change(const char *word)
{
	u8 digest[SHA256_DIGEST_SIZE];
	bool minus = *word == '-';

	word += minus;
	if (strlen(word) != HEX_SIZE || hex2bin(digest, word, sizeof(digest)))
		return -EINVAL;
	if (!minus)
		return add(digest);
	allow_drop(digest);
	return 0;
}

static int allow_set(const char *val, const struct kernel_param *kp)
{
	char *copy, *rest, *word;
	int err = 0;

	copy = kstrdup(val, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;

	mutex_lock(&allowed_lock);
	rest = strim(copy);
	while (!err && (word = strsep(&rest, ",")))
		if (*word)
			err = allow_change(word);
	mutex_unlock(&allowed_lock);

	kfree(copy);
	return err;
}

static int allow_get(char *buf, const struct kernel_param *kp)
{
	struct allowed *a;
	int len = 0;

	mutex_lock(&allowed_lock);
	list_for_each_entry(a, &allowed_kernels, list)
		len += scnprintf(buf + len, PAGE_SIZE - len, "%*phN\n",
				 SHA256_DIGEST_SIZE, a->digest);
	mutex_unlock(&allowed_lock);
	return len;
}

static void allow_free(void *arg)
{
	struct allowed *a, *next;

	list_for_each_entry_safe(a, next, &allowed_kernels, list) {
		list_del(&a->list);
		kfree(a);
	}
}

static const struct kernel_param_ops allow_ops = {
	.set	= allow_set,
	.get	= allow_get,
	.free	= allow_free,
};
module_param_cb(allow_kernel, &allow_ops, NULL, 0600);
MODULE_PARM_DESC(allow_kernel,
		 "SHA-256 of each kernel image that may run, with commas between; later writes add, or with a minus sign remove");

static int hash(const void *image, size_t size, u8 *digest)
{
	struct crypto_shash *tfm;
	int err;

	tfm = crypto_alloc_shash("sha256", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = crypto_shash_tfm_digest(tfm, image, size, digest);
	crypto_free_shash(tfm);
	return err;
}

/**
 * co_kernel_allowed() - may this kernel image run?
 * @image:	the image, in memory that user space cannot change
 * @size:	size of the image in bytes
 *
 * Context: process.
 * Return: 0, -EKEYREJECTED if the image is not on the list, or the error that
 * kept the hash from being computed.
 */
int co_kernel_allowed(const void *image, size_t size)
{
	u8 digest[SHA256_DIGEST_SIZE];
	bool found;
	int err;

	if (unsafe_any_kernel)
		return 0;
	err = hash(image, size, digest);
	if (err)
		return err;

	mutex_lock(&allowed_lock);
	found = allow_find(digest);
	mutex_unlock(&allowed_lock);
	if (found)
		return 0;

	pr_warn_ratelimited("refused a kernel image, SHA-256 %*phN, that is not on the list\n",
			    SHA256_DIGEST_SIZE, digest);
	return -EKEYREJECTED;
}
