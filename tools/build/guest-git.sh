# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What guest-edit and guest-refresh agree on: the folder, and how to tell
# whether one side changed behind the other's back.

edit=$COLINUX_TOP/build/guest-edit

# Commits in there are never published; whose they are says nothing.
export GIT_AUTHOR_NAME=coLinux GIT_AUTHOR_EMAIL=colinux@localhost
export GIT_COMMITTER_NAME=coLinux GIT_COMMITTER_EMAIL=colinux@localhost

# guest_digest: stands for the contents of guest/ and the ABI headers.
guest_digest()
{
	(cd "$COLINUX_TOP" &&
		find guest/patches guest/files include/colinux -type f -print0 |
		sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# remember_saved: in the edited tree, that it and guest/ say the same now.
remember_saved()
{
	git tag -f saved >/dev/null
	guest_digest >.git/guest-digest
}

# is_saved: nothing in the edited tree that guest/ does not have?
is_saved()
{
	[ -z "$(git -C "$edit" status --porcelain)" ] &&
		[ "$(git -C "$edit" rev-parse HEAD)" = \
		  "$(git -C "$edit" rev-parse 'saved^{commit}')" ]
}
