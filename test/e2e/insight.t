#!/bin/bash
# What an operator sees of the rules: counters of each rule, shared and apart, and which rule decides a frame.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
lab_need

guests=()
open_lab insight
trap 'for guest in "${guests[@]}"; do ip netns delete "$guest"; done; close_lab' EXIT

# guest NAME MAC ADDRESS: an interface NAME of the bridge, and a namespace behind it
guest() {
    local name=$lab_host-$1
    ip netns add "$name" && guests+=("$name") || return
    lab ip link add "$1" type veth peer name eth0 netns "$name" address "$2" || return
    lab ip link set "$1" master br0 || return
    ip -n "$name" address add "$3/24" dev eth0 && ip -n "$name" link set eth0 up || return
    cat >"$lab_dir/$1.xml" <<XML
<filterbinding>
  <owner><name>$1</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner>
  <portdev name='$1'/><mac address='$2'/>
  <filterref filter='clean-traffic'><parameter name='IP' value='$3'/></filterref>
</filterbinding>
XML
    virt nwfilter-binding-create "$lab_dir/$1.xml" && lab ip link set "$1" up
}
from() { ip netns exec "$lab_host-$1" "${@:2}"; }
pings() { from "$1" ping -c 3 -i 0.1 -W 2 "$lab_gateway_ip"; }
spoofs() {
    from "$1" ip address add 10.77.0.99/24 dev eth0
    ! from "$1" ping -c 2 -i 0.1 -W 1 -I 10.77.0.99 "$lab_gateway_ip"
}

# counted PORT DIRECTION VERDICT RULE: prints how many packets the rules of that name matched
counted() { virt nwfilter-stats "$1" | awk -v d="$2" -v v="$3" -v r="$4" \
    '$1 == d && $5 == v && index($0, r) { n += $2 } END { print n + 0 }'; }
counts() { (($(counted "$1" "$2" "$3" "$4") "$5" "$6")); }
counts_none() { (($(counted "$@") == 0)); }
counts_some() { (($(counted "$@") >= 2)); }

must "runtime ready" start_runtime
must "first port bound" guest vi0 52:54:00:4d:01:01 10.77.0.51
check "its guest speaks" pings vi0
check "its rules count" counts_some vi0 out return "filter no-ip-spoofing"
check "nothing was spoofed yet" counts_none vi0 out drop "filter no-ip-spoofing"
check "spoofing is dropped" spoofs vi0
check "and counted" counts_some vi0 out drop "filter no-"
check_fails "a port without binding" 1 "no filter is bound to nosuch" virt nwfilter-stats nosuch

must "second port bound" guest vi1 52:54:00:4d:01:02 10.77.0.52
check "rules of two ports count for both" grep -q 'all 2 interfaces' <(virt nwfilter-stats vi1)
check "the second counts apart" virt nwfilter-stats vi1 --apart
check "and begins anew" counts_none vi1 out drop "filter no-ip-spoofing"
check "its guest speaks" pings vi1
check "which is counted" counts_some vi1 out return "filter no-ip-spoofing"
check "for it alone" grep -qv 'interfaces that have these rules' <(virt nwfilter-stats vi1)

traced() {
    virt nwfilter-trace vi1 --count "$1" >"$lab_dir/trace" 2>&1 &
    tracer=$!
    lab_await 10 trace_is_on && "${@:2}" >/dev/null
    wait "$tracer"
}
trace_is_on() { lab nft list chain bridge org_virt prerouting | grep -q 'nftrace set 1'; }
trace_is_off() { ! trace_is_on; }
says() { grep -qE "$1" "$lab_dir/trace"; }

must "frames are traced" traced 4 pings vi1
check "from the guest" says "  out  accept  52:54:00:4d:01:02 > .* IPv4 10.77.0.52 > $lab_gateway_ip icmp  \(.*filter "
check "towards it" says "  in   accept  .* IPv4 $lab_gateway_ip > 10.77.0.52 icmp "
# Frames of the guest's own may come between, an ARP request say.
spoofs_while_traced() { while kill -0 "$tracer" 2>/dev/null; do spoofs vi1; done; }
must "spoofed frames are traced" traced 5 spoofs_while_traced
check "with the rule that drops them" says "  out  drop .* (10.77.0.99 > $lab_gateway_ip|ARP .*10.77.0.99).* \(.*filter no-"
check "the trace ends with the command" lab_await 5 trace_is_off
