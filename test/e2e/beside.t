#!/usr/bin/env bash
# Beside others on one host: libvirtd with filters of its own, firewalld, whoever flushes the packet filter. Our port is
# held all the while, what is theirs stays theirs, and libvirt's filters and bindings are taken over (docs/operations.md).
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_root
lab_need || exit 1

own_ip=$lab_subnet.9 spoofed_ip=$lab_subnet.66 libvirt_ip=$lab_subnet.10

# Two guests without a machine: a namespace each, joined to the bridge by a veth.
guest_ns() { echo "$lab_host-$1"; }
guest() { ip netns exec "$(guest_ns "$1")" "${@:2}"; }
add_guest() { # PORT MAC ADDRESS
    ip netns add "$(guest_ns "$1")" &&
        lab ip link add "$1" type veth peer name eth0 address "$2" netns "$(guest_ns "$1")" &&
        lab ip link set "$1" master br0 up && guest "$1" ip link set eth0 up &&
        guest "$1" ip address add "$3/24" dev eth0 && guest "$1" ip address add "$spoofed_ip/24" dev eth0 &&
        guest "$1" ip neigh replace "$lab_gateway_ip" lladdr "$(gateway_mac)" dev eth0 nud permanent
}
gateway_mac() { lab_gw cat /sys/class/net/gw0/address; }

close_beside() {
    for one in vm0 lv0; do
        for pid in $(ip netns pids "$(guest_ns "$one")" 2>/dev/null); do kill "$pid"; done
        ip netns delete "$(guest_ns "$one")" 2>/dev/null
    done
    close_lab
}

binding() { # PORT MAC ADDRESS
    cat <<XML
<filterbinding>
  <owner><name>$1</name><uuid>8b1e0a52-4c0e-4d0e-9d61-0f5ab2a1c0de</uuid></owner>
  <portdev name='$1'/>
  <mac address='$2'/>
  <filterref filter='${4:-clean-traffic}'><parameter name='IP' value='$3'/></filterref>
</filterbinding>
XML
}

good_passes() { guest "$1" ping -n -c 1 -W 2 -I "$2" "$lab_gateway_ip"; }
spoofed_seen() { lab_frames uplink "src host $spoofed_ip or arp[14:4] = 0x$(printf %02x ${spoofed_ip//./ })"; }
spoofed_sent() { lab_frames tap "src host $spoofed_ip"; }
sends_more() { (($(spoofed_sent) > $1)); }

# The good address passes; twenty more spoofed frames are sent, and none was ever seen behind the bridge.
held() {
    local sent
    sent=$(spoofed_sent)
    lab_await 5 good_passes "${1:-vm0}" "${2:-$own_ip}" >/dev/null || { echo "the good address does not pass"; return 1; }
    lab_await 10 sends_more $((sent + 20)) || { echo "nothing spoofed is sent"; return 1; }
    (($(spoofed_seen) == 0)) || { echo "$(spoofed_seen) spoofed frames passed"; return 1; }
}

tables() { lab nft list tables; }
has_tables() { [[ $(tables | grep -c ' org_virt$') == 3 ]]; }

open_lab beside
trap close_beside EXIT
lab sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 2>/dev/null
must "a guest is joined to the bridge" add_guest vm0 52:54:00:be:51:de "$own_ip"
must "the runtime gets ready" start_runtime
binding vm0 52:54:00:be:51:de "$own_ip" >"$lab_dir/vm0.xml"
must "its port is bound" virt nwfilter-binding-create "$lab_dir/vm0.xml"
must "it is captured" lab_capture tap host vm0
guest vm0 ping -n -q -i 0.02 -I "$spoofed_ip" "$lab_gateway_ip" >/dev/null 2>&1 &
must "the port is held" held

# --- whoever flushes -----------------------------------------------------------------------------

owned_and_persistent() { printf '6.9\n%s\n' "$(uname -r)" | sort -CV; }
if owned_and_persistent; then
    check "nft flush ruleset succeeds" lab nft flush ruleset
    check "our tables are still there" has_tables
    check "nft delete table is refused" eval '! lab nft delete table bridge org_virt'
    check "the port is held after a flush" held
    check "iptables -F and ebtables -F change nothing for us" eval \
        'lab iptables -F && lab iptables -X && lab ebtables -F && lab ebtables -t nat -F && held'
else
    echo "skip our tables against nft flush ruleset - Linux 6.9 or newer keeps them, this is $(uname -r)"
fi

# --- libvirtd ------------------------------------------------------------------------------------

libvirt=$lab_dir/libvirt
libvirtd_pid=
start_libvirtd() {
    mkdir -p "$libvirt/etc" "$libvirt/run/libvirt" || return
    [[ -d $libvirt/etc/libvirt ]] || { mkdir "$libvirt/etc/libvirt" && cp -r /etc/libvirt/nwfilter "$libvirt/etc/libvirt/"; }
    # What is mounted is seen by this libvirtd alone.
    (exec ip netns exec "$lab_host" unshare --mount sh -c 'mount --make-rprivate / &&
        mkdir -p /run/libvirt /var/lib/libvirt && mount -t tmpfs tmpfs /var/lib/libvirt &&
        mount --bind "$0/run/libvirt" /run/libvirt && mount --bind "$0/etc/libvirt" /etc/libvirt &&
        exec libvirtd -p "$0/pid"' "$libvirt") >"$lab_dir/libvirtd.log" 2>&1 &
    libvirtd_pid=$!
    lab_await 30 libvirtd_answers
}
in_libvirt() { nsenter -t "$libvirtd_pid" -m -n -r virsh -q -c qemu:///system "$@"; }
libvirtd_answers() { in_libvirt nwfilter-list 2>/dev/null | grep -q clean-traffic; }
libvirtd_gone() { ! kill -0 "$libvirtd_pid" 2>/dev/null; }
stop_libvirtd() { kill "$libvirtd_pid" && lab_await 10 libvirtd_gone; }
libvirt_rules() { lab ebtables-save | grep -v '^#'; }
our_rules() {
    local family
    for family in bridge inet arp; do lab nft list table "$family" org_virt; done |
        sed 's/ expires [0-9smhd]*//; s/counter packets.*bytes [0-9]*//'
}

if [[ -x /usr/sbin/libvirtd && -d /etc/libvirt/nwfilter ]]; then
    must "another guest is joined to the bridge" add_guest lv0 52:54:00:be:51:df "$libvirt_ip"
    ours=$(our_rules)
    must "libvirtd starts" start_libvirtd
    check "the port is held while it starts" held
    cat >"$lab_dir/beside.xml" <<'XML'
<filter name='beside'>
  <uuid>0c6a3f0e-7d5b-4b7e-8f38-2f2b8de0be51</uuid>
  <filterref filter='clean-traffic'/>
</filter>
XML
    binding lv0 52:54:00:be:51:df "$libvirt_ip" beside >"$lab_dir/lv0.xml"
    check "libvirt defines a filter" in_libvirt nwfilter-define "$lab_dir/beside.xml"
    check "libvirt binds its port" in_libvirt nwfilter-binding-create "$lab_dir/lv0.xml"
    check "libvirt's rules are there" eval 'libvirt_rules | grep -q libvirt-I-lv0'
    check "our rules are as before" test "$ours" = "$(our_rules)"
    check "both ports are held" eval 'held && held lv0 "$libvirt_ip"'
    theirs=$(libvirt_rules)
    check "our port can be bound anew" virt nwfilter-binding-create "$lab_dir/vm0.xml"
    check "libvirt's rules are as before" test "$theirs" = "$(libvirt_rules)"
    check "libvirtd ends" stop_libvirtd
    check "the port is held without it" held
    check "libvirtd starts again" start_libvirtd
    check "both ports are held again" eval 'held && held lv0 "$libvirt_ip"'

    check "import takes over what libvirt has" virt nwfilter-import "$libvirt"
    check "its filter is here, under its UUID" eval 'virt nwfilter-dumpxml beside | grep -q 0c6a3f0e-7d5b-4b7e-8f38-2f2b8de0be51'
    check "its port is in force" eval 'virt nwfilter-status lv0 | grep -q " IN_FORCE "'
    again=$(virt --quiet nwfilter-import "$libvirt")
    check "a second import finds everything the same" eval '[[ -n $again ]] && ! grep -v " same " <<<"$again"'
    check "the port passes both rule sets" held lv0 "$libvirt_ip"
    check "libvirt lets go of it" in_libvirt nwfilter-binding-delete lv0
    check "libvirt's rules are gone" eval '! libvirt_rules | grep -q lv0'
    check "the port is held by us alone" held lv0 "$libvirt_ip"
    sed -i "s/<filterref filter='clean-traffic'/<filterref filter='allow-ipv4'/" "$libvirt/etc/libvirt/nwfilter/beside.xml"
    kept=$(virt --quiet nwfilter-import "$libvirt")
    check "a different filter is kept" eval 'grep -q " beside .* kept " <<<"$kept"'
    check "the port is held by the old one" held lv0 "$libvirt_ip"
    check "libvirtd ends at last" stop_libvirtd
else
    echo "skip beside libvirtd - libvirtd and its filters are not installed (libvirt-daemon-system)"
fi

# --- firewalld -----------------------------------------------------------------------------------

firewalld_pid=
# Installed or not: where it is not, its packages are unpacked over a copy of /usr and /etc that it alone sees.
fetch_firewalld() {
    [[ -x /usr/sbin/firewalld ]] && return
    command -v dbus-daemon >/dev/null && /usr/bin/python3 -c 'import dbus, gi' 2>/dev/null || return
    mkdir -p "$lab_dir/firewalld"
    (cd "$lab_dir/firewalld" && apt_get download firewalld python3-firewall python3-nftables gir1.2-nm-1.0 libnm0) >"$lab_dir/apt.log" 2>&1
}
start_firewalld() {
    mkdir -p "$lab_dir/firewalld"
    (exec ip netns exec "$lab_host" unshare --mount sh -c 'set -e
        mount --make-rprivate /
        mount -t tmpfs tmpfs /run
        mkdir -p /run/dbus /run/over
        if ls "$0"/*.deb >/dev/null 2>&1; then
            for tree in usr etc; do
                mkdir -p /run/over/$tree /run/over/$tree.work
                mount -t overlay overlay -o "lowerdir=/$tree,upperdir=/run/over/$tree,workdir=/run/over/$tree.work" /$tree
            done
            for package in "$0"/*.deb; do dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C /; done
            cd /usr/share/polkit-1/actions && ln -sf org.fedoraproject.FirewallD1.server.policy.choice org.fedoraproject.FirewallD1.policy
        fi
        dbus-daemon --system --fork --nopidfile --nosyslog
        exec firewalld --nofork --nopid' "$lab_dir/firewalld") >"$lab_dir/firewalld.log" 2>&1 &
    firewalld_pid=$!
    lab_await 60 firewalld_runs
}
in_firewalld() { nsenter -t "$firewalld_pid" -m -n -r "$@"; }
firewalld_runs() { in_firewalld firewall-cmd --state 2>/dev/null | grep -q running; }
firewalld_gone() { ! kill -0 "$firewalld_pid" 2>/dev/null; }
firewalld_rules() { lab nft list table inet firewalld; }

if fetch_firewalld; then
    ours=$(our_rules)
    must "firewalld starts" start_firewalld
    check "the port is held beside it" held
    check "our rules are as before it" test "$ours" = "$(our_rules)"
    check "firewalld reloads" in_firewalld firewall-cmd --reload
    check "the port is held after a reload" held
    check "firewalld reloads completely" in_firewalld firewall-cmd --complete-reload
    check "the port is held after a complete reload" held
    check "our rules are as before the reloads" test "$ours" = "$(our_rules)"
    theirs=$(firewalld_rules)
    check "our port can be bound anew beside it" virt nwfilter-binding-create "$lab_dir/vm0.xml"
    check "its rules are as before" test "$theirs" = "$(firewalld_rules)"
    check "firewalld ends" eval 'kill "$firewalld_pid" && lab_await 30 firewalld_gone'
    check "the port is held after its end" held
else
    echo "skip beside firewalld - it is not installed, and its packages, dbus-daemon or python3-dbus are not to be had"
fi
check "no spoofed frame got through at any time" test "$(spoofed_seen)" = 0
