#!/usr/bin/env bash
# Two real guests, one on a tap, one on a macvtap, have their addresses learned, enforced and ended: by DHCP, fixed, two at a
# time, by IPv6 from a router's prefix and by DHCPv6. Leases of two minutes end with the runtime killed.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_root
lab_need || exit 1
LAB_LEASE=2m # the shortest that dnsmasq gives
open_lab learn

prefix=fd77:77
fixed=$lab_subnet.60 second=$lab_subnet.61 foreign=$lab_subnet.66
declare -A mac=([tap]=52:54:00:4d:03:01 [macvtap]=52:54:00:4d:03:02) port=([tap]=vtap0 [macvtap]=vmac0) address=()

# --- the lab --------------------------------------------------------------------------------------------------------

router() { # a prefix to make addresses of, and DHCPv6
    lab_gw ip address add "$prefix::1/64" dev gw0 nodad || return
    lab_gw dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= --port=0 --interface=gw0 \
        --bind-interfaces --enable-ra --ra-param=gw0,4,600 --log-facility="$lab_dir/dnsmasq6.log" --log-dhcp \
        --dhcp-range="$prefix::100,$prefix::1ff,slaac,64,2m" --dhcp-leasefile="$lab_dir/leases6" &
    lab_await 5 grep -qs 'DHCPv6, IP range' "$lab_dir/dnsmasq6.log"
}

make_port() { # tap|macvtap: macvtaps are on a device of their own, which is plugged into the bridge as into a switch
    if [[ $1 == tap ]]; then
        lab ip tuntap add "${port[tap]}" mode tap && lab ip link set "${port[tap]}" master br0 up
    else
        lab ip link add below0 type veth peer name below1 && lab ip link set below1 master br0 up &&
            lab ip link set below0 up &&
            lab ip link add link below0 name "${port[macvtap]}" address "${mac[macvtap]}" type macvtap mode bridge &&
            lab ip link set "${port[macvtap]}" allmulticast on up
    fi
}

boot() { # tap|macvtap
    local net=ifname=${port[tap]},script=no,downscript=no device=/dev/null numbers
    if [[ $1 == macvtap ]]; then
        numbers=$(lab sh -c "cat /sys/class/net/${port[macvtap]}/tap*/dev") || return
        device=$lab_dir/macvtap net=fd=3
        mknod "$device" c "${numbers%:*}" "${numbers#*:}" || return
    fi
    lab qemu-system-x86_64 -accel tcg -M pc -m 128 -nodefaults -display none -kernel "$guest/vmlinuz" \
        -initrd "$guest/initramfs.gz" -append "console=ttyS0 quiet panic=-1 virt.net=none virt.control=ttyS0" \
        -serial "unix:$lab_dir/$1.sock,server=on,wait=off" -netdev "tap,id=net,$net" \
        -device "virtio-net-pci,netdev=net,mac=${mac[$1]}" 3<>"$device" >"$lab_dir/$1.qemu" 2>&1 </dev/null &
    lab_await 10 test -S "$lab_dir/$1.sock" && guest_connect "$1" "$lab_dir/$1.sock" &&
        lab_await 120 grep -q "guest:ready" "$lab_dir/$1.serial" && runs "$1" 20 true
}

# What it prints is in $lab_dir/out: in a subshell commands would lose their count.
runs() { guest_run "$@" >"$lab_dir/out"; }

bind() { # tap|macvtap FILTER [NAME VALUE]…
    local kind=$1 filter=$2 values=''
    shift 2
    while (($#)); do
        values+="<parameter name='$1' value='$2'/>"
        shift 2
    done
    virt nwfilter-binding-delete "${port[$kind]}" >/dev/null 2>&1
    cat >"$lab_dir/$kind.xml" <<XML
<filterbinding>
  <owner><name>$kind</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner>
  <portdev name='${port[$kind]}'/><mac address='${mac[$kind]}'/>
  <filterref filter='$filter'>$values</filterref>
</filterbinding>
XML
    virt nwfilter-binding-create "$lab_dir/$kind.xml" && learning "$kind"
}

learning() { virt nwfilter-status "${port[$1]}" | grep -q ' LEARNING '; }
learned() { virt addresses "${port[$1]}" | grep -qE " $2 +$3 "; }
both_learned() { learned "$1" "$fixed" ARP && learned "$1" "$second" ARP; }
lost() { ! learned "$@"; }
fresh() { runs "$1" 20 "ip address flush dev eth0; ip link set eth0 down; ip link set eth0 up"; }
without_slaac() { runs "$1" 20 "echo 0 >/proc/sys/net/ipv6/conf/eth0/autoconf" && fresh "$1"; }
reaches() { runs "$1" 40 "ping -c 2 -W 2 ${2:+-I $2} $lab_gateway_ip"; }
reaches6() { runs "$1" 60 "ping -6 -c 2 -W 2 ${2:+-I $2} $prefix::1"; }
is_blocked() { ! reaches "$@"; }
is_blocked6() { ! reaches6 "$@"; }
uses() { runs "$1" 20 "ip address add $2 dev eth0"; }
takes() {
    fresh "$1" || return
    local one
    for one in "${@:2}"; do uses "$1" "$one/24" || return; done
}
announces() { runs "$1" 20 "arping -q -U -c 2 -I eth0 -s $2 $2"; }

# --- one kind of address after the other ------------------------------------------------------------------------------

dhcp() {
    runs "$1" 60 "udhcpc -n -q -t 15 -T 1 -i eth0" && address[$1]=$(lab_lease "${mac[$1]}")
}

try_dhcp() {
    check "$1: it waits for a lease" bind "$1" clean-traffic CTRL_IP_LEARNING dhcp
    check "$1: nothing passes before it" is_blocked "$1"
    check "$1: the guest gets a lease" dhcp "$1" || return
    check "$1: the lease is learned" lab_await 10 learned "$1" "${address[$1]}" DHCP
    check "$1: the guest reaches the gateway by it" reaches "$1"
    check "$1: a fixed address beside it" uses "$1" "$foreign/24"
    check "$1: reaches nothing" is_blocked "$1" "$foreign"
}

try_fixed() {
    check "$1: it waits for any address" bind "$1" clean-traffic
    check "$1: the guest takes a fixed one" takes "$1" "$fixed"
    check "$1: the guest speaks" lab_await 60 reaches "$1"
    check "$1: the fixed address is learned" lab_await 10 learned "$1" "$fixed" "(ARP|IP)"
    check "$1: a second one" uses "$1" "$foreign/24"
    check "$1: reaches nothing" is_blocked "$1" "$foreign"
}

try_two() {
    check "$1: it waits for addresses that are checked" bind "$1" clean-traffic CTRL_IP_LEARNING savi CTRL_IP_LIMIT 2
    check "$1: the guest takes two" takes "$1" "$fixed" "$second"
    check "$1: the guest speaks from the first" lab_await 60 reaches "$1" "$fixed"
    # The gateway is known already: without a word of ARP only packets would come from it.
    check "$1: it announces the second" announces "$1" "$second"
    check "$1: and speaks from it" lab_await 60 reaches "$1" "$second"
    check "$1: both are learned" lab_await 10 both_learned "$1"
    check "$1: a third" uses "$1" "$foreign/24"
    check "$1: reaches nothing" is_blocked "$1" "$foreign"
}

slaac() {
    runs "$1" 20 "ip -6 address show dev eth0 scope global"
    address[$1]=$(grep -v tentative "$lab_dir/out" | sed -n "s|.*inet6 \($prefix:[^ ]*\)/64.*|\1|p" | head -n 1)
    [[ ${address[$1]} ]]
}
settled6() { runs "$1" 20 "ip -6 address show dev eth0" && grep "$2" "$lab_dir/out" | grep -qv tentative; }

try_slaac() {
    check "$1: it waits for IPv6" bind "$1" learn6 CTRL_IP_LIMIT 2
    check "$1: the guest comes up" fresh "$1"
    check "$1: it makes an address of the prefix" lab_await 60 slaac "$1"
    check "$1: it reaches the router by it" lab_await 60 reaches6 "$1"
    check "$1: it is learned" lab_await 10 learned "$1" "$(expanded "${address[$1]}")" "(ND|IP)"
    check "$1: one more than it may have" uses "$1" "$prefix::bad/64"
    check "$1: for which nobody answers" lab_await 20 settled6 "$1" "$prefix::bad"
    check "$1: reaches nothing" is_blocked6 "$1" "$prefix::bad"
}

# As Java writes it: all eight groups, none shortened.
expanded() { python3 -c 'import ipaddress, sys; print(":".join("%x" % int(g, 16) for g in ipaddress.ip_address(sys.argv[1]).exploded.split(":")))' "$1"; }

# What dnsmasq gave last.
lease6() { sed -n "s/.*DHCPREPLY(gw0) \([0-9a-f:]*\) .*/\1/p" "$lab_dir/dnsmasq6.log" | tail -n 1; }
dhcp6() {
    : >"$lab_dir/dnsmasq6.log"
    runs "$1" 20 "dhcp6c eth0" && lab_await 60 gave6 "$1" && address[$1]=$(lease6) && [[ ${address[$1]} ]]
}
gave6() { settled6 "$1" "$prefix::1[0-9a-f][0-9a-f]*/"; }

try_dhcp6() {
    check "$1: it waits for a lease of IPv6" bind "$1" learn6 CTRL_IP_LEARNING dhcp
    check "$1: the guest comes up without addresses of its own making" without_slaac "$1"
    check "$1: the guest gets a lease of DHCPv6" dhcp6 "$1"
    check "$1: it is learned" lab_await 10 learned "$1" "$(expanded "${address[$1]}")" DHCP
    check "$1: it reaches the router by it" lab_await 60 reaches6 "$1" "${address[$1]}"
    check "$1: a fixed address beside it" uses "$1" "$prefix::bad/64"
    check "$1: for which nobody answers" lab_await 20 settled6 "$1" "$prefix::bad"
    check "$1: reaches nothing" is_blocked6 "$1" "$prefix::bad"
    runs "$1" 20 "kill \$(cat /run/dhcp6c.pid)" >/dev/null
}

# --- the course of it -------------------------------------------------------------------------------------------------

guest=$("$root/test/guest/build") || exit 1
cat >"$lab_dir/learn6.xml" <<'XML'
<filter name='learn6'>
  <rule action='accept' direction='out'><ipv6 srcipaddr='$IPV6'/></rule>
  <rule action='accept' direction='out'><ipv6 srcipaddr='::' protocol='icmpv6'/></rule>
  <rule action='drop' direction='out'><mac/></rule>
</filter>
XML

must "the router is there" router
must "the runtime gets ready" start_runtime
must "the filter is defined" virt nwfilter-define "$lab_dir/learn6.xml"
for kind in tap macvtap; do
    must "$kind: the port is made" make_port $kind
    must "$kind: the guest starts" boot $kind
done
for kind in tap macvtap; do
    try_fixed $kind
    try_two $kind
    try_slaac $kind
    try_dhcp6 $kind
done
for kind in tap macvtap; do try_dhcp $kind; done

still() { reaches tap && reaches macvtap; }
ended() { is_blocked "$1" "${address[$1]}"; }
check "the runtime is killed" runtime_ends KILL 5
check "both guests go on without it" still
for kind in tap macvtap; do check "$kind: its lease of two minutes ends all the same" lab_await 180 ended $kind; done
check "the runtime gets ready again" start_runtime
for kind in tap macvtap; do
    check "$kind: it waits for a lease again" lab_await 20 learning $kind
    check "$kind: its lease is over" lost $kind "${address[$kind]}" DHCP
    check "$kind: the guest gets another" lab_await 60 dhcp $kind
    check "$kind: it is learned" lab_await 10 learned $kind "${address[$kind]}" DHCP
    check "$kind: the guest reaches the gateway again" reaches $kind
done
gone() { ! virt nwfilter-binding-list | grep -q "${port[$1]}"; }
nobody_has_any() { ! virt addresses | grep -q "$lab_subnet"; }
for kind in tap macvtap; do
    check "$kind: its interface goes" lab ip link delete "${port[$kind]}"
    check "$kind: so do its binding and addresses" lab_await 5 gone $kind
done
check "nobody has an address any more" lab_await 5 nobody_has_any
