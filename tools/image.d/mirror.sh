# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Where this machine gets Debian from, for those who call mmdebstrap. Sourced.

# archives: what the machine's apt knows, as URI SUITE COMPONENT
archives()
{
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages'
}

# debian_source SUITE: a line as in sources.list. The main suite alone, because
# the i386 indices of the others are at times inconsistent on mirrors.
debian_source()
{
	local suite=$1 uri

	uri=$(archives | awk -v suite="$suite" '$3 == "main" && $1 ~ /\/debian\/?$/ {
			if ($2 == suite) { print $1; found = 1; exit }
			if (!other) other = $1
		} END { if (!found && other) print other }')
	[ -n "$uri" ] ||
		die "apt knows no Debian mirror; see /etc/apt/sources.list"
	echo "deb $uri $suite main"
}

# debian_updates SUITE: more lines, of what keeps it up to date: bugs of a point
# release, security. The latter's mirror is the machine's, or Debian's own.
debian_updates()
{
	local suite=$1 main uri

	# Until it is released, a suite is its own update.
	[[ ! $suite =~ ^(sid|unstable|experimental|.*-.*)$ ]] || return 0
	main=$(debian_source "$suite") || return
	read -r _ uri _ <<<"$main"
	echo "deb $uri $suite-updates main"
	uri=$(archives | awk '$3 == "main" && $2 ~ /-security$/ { print $1; exit }')
	echo "deb ${uri:-http://security.debian.org/debian-security} $suite-security main"
}

# source_works LINE ARCH: can its index be had, whole, at this moment?
source_works()
{
	local folder status=0

	folder=$(mktemp -d)
	mkdir -p "$folder"/{lists,archives}/partial
	: >"$folder/status"
	echo "$1" >"$folder/sources.list"
	apt-get -q -o "Dir::State=$folder" -o "Dir::State::status=$folder/status" \
		-o "Dir::Cache=$folder" -o "Dir::Etc::SourceList=$folder/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o "APT::Architecture=$2" \
		-o "APT::Architectures::=$2" -o Acquire::Languages=none \
		-o Acquire::Retries=0 -o Acquire::http::Timeout=20 \
		-o APT::Sandbox::User=root update --error-on=any \
		>/dev/null 2>&1 || status=1
	rm -r "$folder"
	return "$status"
}
