# shellcheck shell=bash
# Debian packages that a script needs: installed when root runs it, named otherwise. Source this file.
#
#   need PACKAGE REASON [PACKAGE REASON]…
#       Installs those of the packages that are missing, in one go, after saying which and what for. Fails with a message
#       that names them where that cannot be done: no root, or no apt-get on this system.
#
# A tool may well be there without its Debian package, so ask for the tool first:
#   command -v tcpdump >/dev/null || missing+=(tcpdump "shows what passed the bridge")
#   need "${missing[@]}"

# A shell of root by su, or of another user, may lack the folders that hold ip, nft and the like.
PATH=$PATH:/usr/sbin:/sbin

apt_get() {
    # The sandbox user cannot read a folder that is private to the caller; another apt-get may hold the lock.
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o APT::Sandbox::User=root -o DPkg::Lock::Timeout=300 "$@"
}

package_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

need() {
    local packages=() reasons='' log
    while (($# >= 2)); do
        if ! package_installed "$1"; then
            packages+=("$1")
            reasons+="  $1: $2"$'\n'
        fi
        shift 2
    done
    ((${#packages[@]})) || return 0

    if ! command -v apt-get >/dev/null; then
        printf 'error: missing, under the names of their Debian packages:\n%s' "$reasons" >&2
        return 1
    fi
    if ((EUID != 0)); then
        printf 'error: missing packages:\n%sInstall them as root: apt-get install --no-install-recommends %s\n' \
            "$reasons" "${packages[*]}" >&2
        return 1
    fi
    printf 'Installing Debian packages:\n%s' "$reasons" >&2
    log=$(mktemp)
    # The lists may be missing or older than the archive: only then they are fetched.
    if apt_get install -y --no-install-recommends "${packages[@]}" >"$log" 2>&1 ||
        { apt_get update && apt_get install -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1; then
        rm -f "$log"
    else
        printf 'error: install %s: apt-get failed:\n' "${packages[*]}" >&2
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
}
