#!/usr/bin/env bash
# A real guest with a real lease is saved, the runtime killed, the guest restored: its traffic passes at once by the lease that
# it has, without a word of DHCP, and no longer than that lasts, though the runtime is killed again.
# saved.t [TECHNIQUE]
# Without an argument it is run for both at the same time, or they would wait for the ends of two leases.
if (($# == 0)); then
    "$0" nftables & nftables=$!
    "$0" ebtables & ebtables=$!
    trap 'kill $nftables $ebtables 2>/dev/null' TERM INT
    failed=0
    wait $nftables || failed=1
    wait $ebtables || failed=1
    exit $failed
fi
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_root
lab_need || exit 1
need ebtables "filters their interfaces, too" iptables "goes with ebtables" || exit 1
LAB_LEASE=2m # the shortest that dnsmasq gives
open_lab "saved-$1"

talks=0 # a serial line is connected anew after each start
define() {
    guest=$("$root/test/guest/build") || return
    # It asks once and keeps its address however long that was given for.
    domain_xml | sed -e 's/virt.net=dhcp /virt.net=dhcp-once /' \
        -e "s|<filterref filter='clean-traffic'/>|<filterref filter='clean-traffic'><parameter name='CTRL_IP_LEARNING' value='dhcp'/></filterref>|" \
        >"$lab_dir/$machine.xml"
    virt define "$lab_dir/$machine.xml"
}
connects() {
    lab_await 10 test -S "$lab_dir/serial.sock" && guest_connect "talk$((++talks))" "$lab_dir/serial.sock"
}
runs() { guest_run "talk$talks" "$@"; }
is_saved() { virt managedsave "$machine"; }
port_gone() { ! lab ip link show "$port" 2>/dev/null && ! virt nwfilter-binding-list | grep -q "$port"; }
learned() { virt addresses "$port" | grep -qE " $(lab_lease "$mac") +DHCP "; }
exchanges() { lab_frames uplink "udp port 67 and udp port 68"; }
nothing_asked() { (($(exchanges) == asked)); }
learning() { virt nwfilter-status "$port" | grep -q ' LEARNING '; }
reaches() { runs 60 "ping -c 2 -W 2 $lab_gateway_ip"; }
is_blocked() { ! reaches; }
foreign_is_blocked() { runs 20 "ip address add $foreign_ip/24 dev eth0" && ! runs 60 "ping -c 2 -W 2 -I $foreign_ip $lab_gateway_ip"; }
asks_again() { runs 60 "udhcpc -n -q -t 15 -T 1 -i eth0"; }

try() { # TECHNIQUE
    check "$1: it has the rules" virt nwfilter-technique "$1" || return
    check "$1: the machine starts" virt start "$machine" || return
    check "$1: its serial line" connects || return
    check "$1: its lease is learned" lab_await 90 learned || return
    check "$1: it reaches the gateway" reaches
    check "$1: it is saved" is_saved || return
    check "$1: its port is gone" lab_await 10 port_gone
    check "$1: the runtime is killed" runtime_ends KILL 5
    check "$1: and gets ready again" start_runtime || return
    asked=$(exchanges)
    check "$1: the machine is restored" virt start "$machine" || return
    check "$1: its lease is in force at once" learned
    check "$1: its serial line again" connects || return
    check "$1: it reaches the gateway at once" reaches
    check "$1: and has asked nobody" nothing_asked
    check "$1: a foreign address reaches nothing" foreign_is_blocked
    check "$1: the runtime is killed again" runtime_ends KILL 5
    check "$1: the guest goes on without it" reaches
    check "$1: its lease ends all the same" lab_await 180 is_blocked
    check "$1: the runtime gets ready once more" start_runtime || return
    check "$1: it waits for a lease" lab_await 20 learning
    check "$1: the guest is cut off with it, too" is_blocked
    check "$1: it gets another lease" lab_await 60 asks_again
    check "$1: which is learned" lab_await 10 learned
    check "$1: it reaches the gateway again" reaches
    check "$1: it ends" virt destroy "$machine"
}

must "$1: the runtime gets ready" start_runtime
must "$1: the machine is defined" define
try "$1"
check "$1: it is undefined" virt undefine "$machine"
