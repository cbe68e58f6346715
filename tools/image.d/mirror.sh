# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Where this machine gets Debian from, for those who call mmdebstrap. Sourced.

# debian_source SUITE: a line as in sources.list. The main suite alone, because
# the i386 indices of the others are at times inconsistent on mirrors.
debian_source()
{
	local suite=$1 uri

	# shellcheck disable=SC2016 # apt's own variables
	uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
			'Created-By: Packages' |
		awk -v suite="$suite" '$3 == "main" && $1 ~ /\/debian\/?$/ {
			if ($2 == suite) { print $1; found = 1; exit }
			if (!other) other = $1
		} END { if (!found && other) print other }')
	[ -n "$uri" ] ||
		die "apt knows no Debian mirror; see /etc/apt/sources.list"
	echo "deb $uri $suite main"
}
