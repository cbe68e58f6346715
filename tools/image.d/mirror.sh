# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The Debian mirrors of this machine, for mmdebstrap and for suite.sh. Sourced after
# lib.sh, or by create.

# archives: prints the archives of the machine's apt, as URI SUITE COMPONENT.
archives()
{
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages'
}

# debian_source SUITE: prints a line for sources.list. Only the suite itself, because
# the i386 indices of updates are sometimes inconsistent on mirrors.
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

# debian_updates SUITE: prints the lines of its updates and security updates. The latter
# only if the machine's apt has a mirror of them.
debian_updates()
{
	local suite=$1 main uri

	# A suite before its release has no updates.
	[[ ! $suite =~ ^(sid|unstable|experimental|.*-.*)$ ]] || return 0
	main=$(debian_source "$suite") || return
	read -r _ uri _ <<<"$main"
	echo "deb $uri $suite-updates main"
	uri=$(archives | awk '$3 == "main" && $2 ~ /-security$/ { print $1; exit }')
	[ -z "$uri" ] || echo "deb $uri $suite-security main"
}

# checks_age: does the machine's apt refuse indices that have expired? Mirrors that are no
# longer updated have such indices; users then set Acquire::Check-Valid-Until to false.
checks_age()
{
	local valid=''

	eval "$(apt-config shell valid Acquire::Check-Valid-Until/b)"
	[ "$valid" != false ]
}

# source_works LINE ARCH: tells whether a complete index is available at the moment. A
# subshell, so that its trap removes the directory.
source_works()
(
	state=''
	trap 'rm -rf "$state"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	temporary state || exit
	mkdir -p "$state"/{lists,archives}/partial
	: >"$state/status"
	echo "$1" >"$state/sources.list"
	apt-get -q -o "Dir::State=$state" -o "Dir::State::status=$state/status" \
		-o "Dir::Cache=$state" -o "Dir::Etc::SourceList=$state/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o "APT::Architecture=$2" \
		-o "APT::Architectures::=$2" -o Acquire::Languages=none \
		-o Acquire::Retries=0 -o Acquire::http::Timeout=20 \
		-o APT::Sandbox::User=root update --error-on=any >/dev/null 2>&1
)
