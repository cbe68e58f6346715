# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by guest-edit and guest-refresh: their directory, and functions that tell
# whether that directory or guest/ changed since the two were last equal.

edit=$COLINUX_TOP/build/guest-edit

# These commits are never published, so their author does not matter.
export GIT_AUTHOR_NAME=coLinux GIT_AUTHOR_EMAIL=colinux@localhost
export GIT_COMMITTER_NAME=coLinux GIT_COMMITTER_EMAIL=colinux@localhost

# guest_digest: prints a hash of guest/ and the ABI headers.
guest_digest()
{
	(cd "$COLINUX_TOP" &&
		find guest/patches guest/files include/colinux -type f -print0 |
		sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# remember_saved: records that the edited tree and guest/ are equal now. The
# caller's working directory is the edited tree.
remember_saved()
{
	git tag -f saved >/dev/null
	guest_digest >.git/guest-digest
}

# is_saved: succeeds if the edited tree has not changed since remember_saved.
is_saved()
{
	[ -z "$(git -C "$edit" status --porcelain)" ] &&
		[ "$(git -C "$edit" rev-parse HEAD)" = \
		  "$(git -C "$edit" rev-parse 'saved^{commit}')" ]
}
