#!/usr/bin/env bash
# The technique's bundle is updated while the guest pings and spoofs: no ping is lost, no spoofed frame passes.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_root
lab_need || exit 1
open_lab hotupdate

bundle=org.virt.nwfilter.nftables

bundle_id() { virt felix:lb -s | grep -F "$bundle" | grep -oE '^ *[0-9]+' | tr -d ' '; }

newer_jar() { # VERSION: the same bundle with another version
    local folder=$lab_dir/newer jar
    jar=$(ls "$root"/run/target/dist/bundles/$bundle-*.jar) || return
    mkdir -p "$folder" && cp "$jar" "$folder/$1.jar" || return
    # The jar tool merges headers over those of the manifest; that it warns of is what is wanted.
    printf 'Bundle-Version: %s\n' "$1" >"$folder/manifest"
    jar --update --file "$folder/$1.jar" --manifest "$folder/manifest" 2>/dev/null
}

shows_version() { virt bundles | grep -F "$bundle" | grep -qF "$1"; }
orphaned() { virt nwfilter-status "$port" | grep -q ' ORPHANED '; }

update_to() { # VERSION
    newer_jar "$1" && virt felix:update "$(bundle_id)" "file:$lab_dir/newer/$1.jar" &&
        lab_await 10 shows_version "$1" && lab_await 10 in_force
}

pings_begin() {
    guest_run "$machine" 10 "(ping -i 0.05 $lab_gateway_ip >/tmp/pings 2>&1 &)"
}

no_ping_lost() {
    # No pipe: guest_run counts its commands in this shell.
    guest_run "$machine" 30 "sleep 1; killall -INT ping; sleep 1; tail -n 3 /tmp/pings" >"$lab_dir/pings"
    cat "$lab_dir/pings"
    grep -q ' 0% packet loss' "$lab_dir/pings"
}

must "the runtime gets ready" start_runtime
must "the machine is defined" define_guest
must "it starts and its rules come into force" start_guest
must "the guest attacks" attack_begins
check "the guest pings, twenty times a second" pings_begin
for version in 0.1.1 0.1.2 0.1.3; do
    check "the technique is updated to $version under traffic" update_to "$version"
    check "attacks go on after the update to $version" attack_goes_on
done
check "the technique can be stopped" virt felix:stop "$(bundle_id)"
check "the port is orphaned, not open" lab_await 5 orphaned
check "attacks go on without the technique" attack_goes_on
check "the technique can be started" virt felix:start "$(bundle_id)"
check "it takes the port over" lab_await 10 in_force
check "no ping was lost" no_ping_lost
check "the attack ends" attack_ends
check "no spoofed frame got through at any time" nothing_spoofed_passed
check "destroy ends the machine" virt destroy "$machine"
