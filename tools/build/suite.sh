# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Fetches packages of a Debian suite that this machine does not use, from the
# machine's mirror. The index and the archives are in the cache; the machine's own
# apt stays unchanged. Sourced after lib.sh by kver, fetch-kernel and fetch-emulator.

# shellcheck source=../image.d/mirror.sh
. "$COLINUX_TOP/tools/image.d/mirror.sh"

# unavailable TEXT...: ends the script with status 77. The mirror may lack a suite,
# or sid's packages may not be installable together today. The tests then skip the
# suite; every other status is a failure.
unavailable()
{
	echo "${0##*/}: $*" >&2
	exit 77
}

# suite_sources SUITE: prints lines for sources.list. Backports also need the suite
# that they are for.
suite_sources()
{
	case $1 in
	*-backports)	debian_source "${1%-backports}" ;;
	esac
	debian_source "$1"
}

# suite_conf SUITE DIRECTORY: prints the differences to the machine's configuration.
# Release files of mirrors may have expired, so their date is not checked.
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

# suite_update DIRECTORY: fetches the index unless it is younger than half a day.
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

# suite_open SUITE: sets suite and suite_apt. suite_apt has options with which apt-get
# and apt-cache use SUITE as if no package were installed here. Ends the script with
# status 77 if the suite is not available.
suite_open()
{
	local dir=$COLINUX_CACHE/suite/$1 source

	suite=$1
	[[ $suite =~ ^[a-z][a-z0-9-]*$ ]] || die "$suite: not a Debian suite"
	mkdir -p "$dir"/{lists,archives}/partial
	# The subshell releases the lock when it ends, not when the script ends.
	(
		lock "suite-$1"
		source=$(suite_sources "$1")
		[ "$source" = "$(cat "$dir/sources.list" 2>/dev/null)" ] ||
			rm -f "$dir/updated"
		echo "$source" >"$dir/sources.list"
		: >"$dir/status"
		suite_conf "$1" "$dir" >"$dir/apt.conf"
		suite_update "$dir"
	) || exit
	# shellcheck disable=SC2034 # for those who source this
	suite_apt=(-c "$dir/apt.conf")
}

# suite_version PACKAGE: prints its newest version in the suite.
suite_version()
{
	local version

	version=$(apt-cache "${suite_apt[@]}" policy "$1" |
		sed -n 's/^  Candidate: \(.*\)/\1/p')
	[[ ${version:-(none)} != '(none)' ]] ||
		unavailable "$1: not in this suite at the moment"
	echo "$version"
}

# suite_download DIRECTORY PACKAGE...: fetches their archives and those of all
# dependencies, down to the C library. Ends the script with status 77 if one is not
# available.
suite_download()
{
	local dir=$1 log=$1/log start=$SECONDS

	shift
	mkdir -p "$dir/partial"
	note "fetching $* ($suite) ..."
	apt-get -q "${suite_apt[@]}" -o Debug::NoLocking=true \
		-o "Dir::Cache::archives=$dir" --download-only \
		install "$@" >"$log" 2>&1 ||
		unavailable "$*: $(grep -a '^E: ' "$log" | head -n 1)"
	note "fetching $* ($suite): $((SECONDS - start)) s"
}

# suite_unpack DIRECTORY ROOT: unpacks the archives in DIRECTORY into ROOT. Runs no
# script of the packages, so this needs no privileges.
suite_unpack()
{
	local deb

	for deb in "$1"/*.deb; do
		dpkg-deb -x "$deb" "$2" || return
	done
}
