#!/usr/bin/env bash
# Rules are replaced under traffic, a thousand good and a thousand spoofed packets a second: the technique's bundle is updated,
# ports move to the other technique and back, a third one is dropped into run/load and taken away, somebody flushes. Nothing
# spoofed passes, of the good ones at most one in a thousand is lost. VIRT_SWAPS says how often (3; 20 for a full run).
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_root
lab_need || exit 1

swaps=${VIRT_SWAPS:-3}
port=vm0 own_ip=$lab_subnet.9 spoofed_ip=$lab_subnet.66
bundle=org.virt.nwfilter.nftables
third=$root/run/load/org.virt.test.third.jar
traffic=

guest_ns() { echo "$lab_host-$port"; }
add_guest() { # MAC
    ip netns add "$(guest_ns)" &&
        lab ip link add $port type veth peer name eth0 address "$1" netns "$(guest_ns)" &&
        lab ip link set $port master br0 up && ip netns exec "$(guest_ns)" ip link set eth0 up
}

close_swap() {
    rm -f "$third"
    [[ -z $traffic ]] || kill "$traffic" 2>/dev/null
    ip netns delete "$(guest_ns)" 2>/dev/null
    close_lab
}

bundle_id() { virt felix:lb -s | grep -F "$1" | grep -oE '^ *[0-9]+' | tr -d ' '; }
shows_version() { virt bundles | grep -F "$bundle" | grep -qF "$1"; }
in_force_with() { virt nwfilter-status $port | grep -q " IN_FORCE .*$1"; }

update_to() { # VERSION: the same bundle with another version
    local jar
    jar=$(ls "$root"/run/target/dist/bundles/$bundle-*.jar) && cp "$jar" "$lab_dir/$1.jar" || return
    printf 'Bundle-Version: %s\n' "$1" >"$lab_dir/manifest"
    jar --update --file "$lab_dir/$1.jar" --manifest "$lab_dir/manifest" 2>/dev/null
    virt felix:update "$(bundle_id $bundle)" "file:$lab_dir/$1.jar" && lab_await 20 shows_version "$1" &&
        lab_await 20 in_force_with nftables
}

updates() { for ((i = 1; i <= swaps; i++)); do update_to 0.1.$i || return; done; }

switches() {
    local i name
    for ((i = 1; i <= swaps; i++)); do
        for name in ebtables nftables; do
            virt nwfilter-technique $name && lab_await 20 in_force_with $name || return
        done
    done
}

# The second technique under another name is a third one; the second must not run then.
make_third() {
    mkdir -p "$lab_dir/third" && (
        cd "$lab_dir/third" && jar --extract --file "$root"/run/target/dist/bundles/org.virt.nwfilter.ebtables-*.jar &&
            sed -i 's/value="ebtables"/value="third"/' OSGI-INF/*.xml &&
            sed -i -z 's/Bundle-SymbolicName: [^\r\n]*/Bundle-SymbolicName: org.virt.test.third/' META-INF/MANIFEST.MF &&
            jar --create --file "$lab_dir/third.jar" --manifest META-INF/MANIFEST.MF OSGI-INF org
    ) && virt felix:stop "$(bundle_id org.virt.nwfilter.ebtables)"
}
flushes() { for ((i = 1; i <= swaps; i++)); do lab nft flush ruleset || return; done; }
knows_third() { virt nwfilter-technique | grep -q third; }
third_comes() {
    cp "$lab_dir/third.jar" "$third" && lab_await 20 knows_third && virt nwfilter-technique third && lab_await 20 in_force_with third
}
third_goes() { rm "$third" && lab_await 20 in_force_with nftables; }

begin_traffic() {
    rm -f "$lab_dir/counts"
    "$root/test/e2e/traffic" "$(guest_ns)" eth0 "$lab_gateway" gw0 "$own_ip" "$spoofed_ip" >"$lab_dir/counts" &
    traffic=$!
    lab_await 10 test -s "$lab_dir/counts" # it says that it has begun
}
end_traffic() { kill -TERM "$traffic" && wait "$traffic" && sed -i 1d "$lab_dir/counts" && [[ -s $lab_dir/counts ]]; }
none_spoofed() { awk '{ print $4 " of " $3 " spoofed packets passed"; exit $3 < 1000 || $4 > 0 }' "$lab_dir/counts"; }
few_lost() { awk '{ print $1 - $2 " of " $1 " good packets were lost"; exit $1 < 1000 || ($1 - $2) * 1000 > $1 }' "$lab_dir/counts"; }

under_traffic() { # NAME COMMAND
    check "packets begin" begin_traffic || return
    check "$1" "$2"
    check "packets end" end_traffic || return
    traffic=
    check "nothing spoofed passed: $1" none_spoofed
    check "at most one good packet in a thousand was lost: $1" few_lost
    [[ -z ${VIRT_SWAPS:-} ]] || echo "# $1: good sent, seen, spoofed sent, seen: $(cat "$lab_dir/counts")"
}

open_lab swap
trap close_swap EXIT
must "a guest is joined to the bridge" add_guest 52:54:00:be:51:de
must "the runtime gets ready" start_runtime
cat >"$lab_dir/vm0.xml" <<XML
<filterbinding>
  <owner><name>swap</name><uuid>8b1e0a52-4c0e-4d0e-9d61-0f5ab2a1c0de</uuid></owner>
  <portdev name='$port'/>
  <mac address='52:54:00:be:51:de'/>
  <filterref filter='clean-traffic'><parameter name='IP' value='$own_ip'/></filterref>
</filterbinding>
XML
must "its port is bound" virt nwfilter-binding-create "$lab_dir/vm0.xml"
under_traffic "the technique's bundle is updated $swaps times" updates
if virt nwfilter-technique | grep -q ebtables; then
    under_traffic "the port moves to the other technique and back $swaps times" switches
    must "there is a third technique, and the second one rests" make_third
    under_traffic "a third technique is dropped into the load folder and takes the port" third_comes
    under_traffic "it is taken away and the first one has the port again" third_goes
fi
if printf '6.9\n%s\n' "$(uname -r)" | sort -CV; then
    under_traffic "somebody flushes all rules $swaps times" flushes
fi
