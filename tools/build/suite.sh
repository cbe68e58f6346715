# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages of another suite of Debian than this machine has, without a change
# to the machine's own apt: an index and an archive folder in the cache, from the
# machine's mirror. Sourced after lib.sh.

# shellcheck source=../image.d/mirror.sh
. "$COLINUX_TOP/tools/image.d/mirror.sh"

# What sid is today is not ours to decide. A suite that the mirror does not
# have, or whose packages cannot be installed together today, is skipped by the
# tests. They know it by this status; everything else is a failure.
unavailable()
{
	echo "${0##*/}: $*" >&2
	exit 77
}

# suite_sources SUITE: lines as in sources.list. Backports need what they are
# ported to.
suite_sources()
{
	case $1 in
	*-backports)	debian_source "${1%-backports}" ;;
	esac
	debian_source "$1"
}

# suite_conf SUITE FOLDER: what is different from the machine's configuration.
# Release files on mirrors may be past their date.
suite_conf()
{
	cat <<-END
		Dir::State "$2";
		Dir::State::status "$2/status";
		Dir::Cache "$2";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "srcpkgcache.bin";
		Dir::Etc::SourceList "$2/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		#clear APT::Architectures;
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Default-Release "$1";
		APT::Install-Recommends "false";
		APT::Get::Assume-Yes "true";
		APT::Keep-Downloaded-Packages "true";
		APT::Sandbox::User "root";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
	END
}

# suite_update FOLDER: bring the index. It is good for half a day.
suite_update()
{
	local log=$1/update.log

	[ -z "$(find "$1/updated" -mmin -720 2>/dev/null)" ] || return 0
	if apt-get -q -c "$1/apt.conf" update --error-on=any >"$log" 2>&1; then
		touch "$1/updated"
	elif [ -e "$1/updated" ]; then
		note "${1##*/}: no new index; going on with the one there is"
	else
		unavailable "${1##*/}: no index: $(grep -a '^[EW]: ' "$log" | head -n 1)"
	fi
}

# suite_open SUITE: sets suite, and suite_apt, options for apt-get and apt-cache that make
# them look at SUITE as if no package were installed here. Ends the script with
# 77 if the suite cannot be had.
suite_open()
{
	local folder=$COLINUX_CACHE/suite/$1 source

	suite=$1
	[[ $suite =~ ^[a-z][a-z0-9-]*$ ]] || die "$suite: not a Debian suite"
	mkdir -p "$folder"/{lists,archives}/partial
	# A shell of its own: other processes need not wait until we end.
	(
		lock "suite-$1"
		source=$(suite_sources "$1")
		[ "$source" = "$(cat "$folder/sources.list" 2>/dev/null)" ] ||
			rm -f "$folder/updated"
		echo "$source" >"$folder/sources.list"
		: >"$folder/status"
		suite_conf "$1" "$folder" >"$folder/apt.conf"
		suite_update "$folder"
	) || exit
	# shellcheck disable=SC2034 # for those who source this
	suite_apt=(-c "$folder/apt.conf")
}

# suite_version PACKAGE: its newest version in the suite
suite_version()
{
	local version

	version=$(apt-cache "${suite_apt[@]}" policy "$1" |
		sed -n 's/^  Candidate: \(.*\)/\1/p')
	[[ ${version:-(none)} != '(none)' ]] ||
		unavailable "$1: not in this suite at the moment"
	echo "$version"
}

# suite_download FOLDER PACKAGE...: their archives, and those of all they depend on,
# down to the C library. Ends the script with 77 if they cannot be had.
suite_download()
{
	local folder=$1 log=$1/log start=$SECONDS

	shift
	mkdir -p "$folder/partial"
	note "fetching $* ($suite) ..."
	apt-get -q "${suite_apt[@]}" -o Debug::NoLocking=true \
		-o "Dir::Cache::archives=$folder" --download-only \
		install "$@" >"$log" 2>&1 ||
		unavailable "$*: $(grep -a '^E: ' "$log" | head -n 1)"
	note "fetching $* ($suite): $((SECONDS - start)) s"
}

# suite_unpack FOLDER ROOT: what was downloaded. No script of the packages
# runs, so this needs no rights.
suite_unpack()
{
	local deb

	for deb in "$1"/*.deb; do
		dpkg-deb -x "$deb" "$2" || return
	done
}
