# shellcheck shell=bash
# A network to try machines in, apart from the host's own. Source this file; needs root, and packages.sh sourced before.
#
#   namespace $lab_host                      namespace $lab_gateway
#   the runtime, its machines, bridge br0 ── uplink0 ═══ gw0: $lab_gateway_ip, dnsmasq
#
# What reaches gw0 has passed the bridge; what a capture on a machine's tap shows, the machine has sent: it sees frames
# before the bridge's filters do.
#
#   lab_need                      the packages for all this
#   lab_open NAME                 makes both namespaces, named after NAME, and the folder $lab_dir
#   lab_close                     ends every process in them, by its id, and removes them and the folder
#   lab COMMAND…                  runs a command beside the runtime; lab_gw COMMAND… beside the gateway
#   lab_await SECONDS COMMAND…    repeats COMMAND until it succeeds; fails when the time is up
#   lab_capture NAME host|gateway INTERFACE     records to $lab_dir/NAME.pcap; fails while the interface is not up
#   lab_frames NAME FILTER        prints how many recorded frames match a pcap filter
#   lab_lease MAC                 prints the address that the DHCP server gave to MAC; fails without one
#   guest_connect NAME SOCKET     to a guest's serial line, a Unix socket, with virt.control on it (test/guest/README.md)
#   guest_run NAME SECONDS COMMAND   runs a shell command in the guest, prints its output, has its status; 124: no answer

lab_subnet=10.77.0
lab_gateway_ip=$lab_subnet.1

lab_need() {
    local missing=()
    command -v ip >/dev/null || missing+=(iproute2 "makes network namespaces and bridges")
    command -v dnsmasq >/dev/null || missing+=(dnsmasq-base "DHCP server beside the bridge")
    command -v tcpdump >/dev/null || missing+=(tcpdump "shows what machines send and what passes the bridge")
    command -v socat >/dev/null || missing+=(socat "talks to a machine's serial line")
    command -v qemu-system-x86_64 >/dev/null || missing+=(qemu-system-x86 "runs the machines")
    command -v nft >/dev/null || missing+=(nftables "shows the rules of the machines' ports")
    need "${missing[@]}"
}

lab() { ip netns exec "$lab_host" "$@"; }
lab_gw() { ip netns exec "$lab_gateway" "$@"; }

lab_await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}

lab_open() {
    lab_host=$1-host
    lab_gateway=$1-gw
    lab_dir=$(mktemp -d -t "$1.XXXXXX") || return
    ip netns add "$lab_host" && ip netns add "$lab_gateway" || return
    lab ip link set lo up && lab_gw ip link set lo up || return
    lab ip link add br0 type bridge stp_state 0 forward_delay 0 || return
    lab ip link add uplink0 type veth peer name gw0 netns "$lab_gateway" || return
    lab ip link set uplink0 master br0 up && lab ip link set br0 up || return
    lab_gw ip address add "$lab_gateway_ip/24" dev gw0 && lab_gw ip link set gw0 up || return
    # --no-ping: the address range is ours alone, and asking whether an address is free takes three seconds.
    lab_gw dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= --port=0 \
        --interface=gw0 --bind-interfaces --dhcp-authoritative --no-ping --log-facility="$lab_dir/dnsmasq.log" \
        --dhcp-range="$lab_subnet.100,$lab_subnet.150,${LAB_LEASE:-10m}" --dhcp-leasefile="$lab_dir/leases" &
    lab_await 5 grep -qs 'DHCP, IP range' "$lab_dir/dnsmasq.log"
}

# lab_signal SIGNAL: to every process in the two namespaces; fails when there was none.
lab_signal() {
    local pid found=1
    for pid in $(ip netns pids "$lab_host" 2>/dev/null) $(ip netns pids "$lab_gateway" 2>/dev/null); do
        found=0
        kill "-$1" "$pid" 2>/dev/null
    done
    return $found
}

lab_empty() { ! lab_signal 0; }

lab_close() {
    [[ -n ${lab_dir:-} ]] || return 0
    lab_signal TERM && { lab_await 5 lab_empty || { lab_signal KILL && lab_await 5 lab_empty; }; }
    ip netns delete "$lab_host" 2>/dev/null
    ip netns delete "$lab_gateway" 2>/dev/null
    rm -rf "$lab_dir"
    lab_dir=
}

lab_capture() {
    local name=$1 in=lab log=$lab_dir/$1.tcpdump pid
    [[ $2 == host ]] || in=lab_gw
    : >"$log"
    # -Z root: else tcpdump becomes a user who may not write here.
    "$in" tcpdump -Z root -i "$3" -n -U --immediate-mode -w "$lab_dir/$name.pcap" 2>"$log" &
    pid=$!
    lab_await 5 lab_capture_settled "$pid" "$log" && grep -q 'listening on' "$log"
}

lab_capture_settled() { grep -q 'listening on' "$2" || ! kill -0 "$1" 2>/dev/null; }

lab_frames() {
    # The last record may be half written; tcpdump then complains after it has printed all others.
    tcpdump -Z root -n -r "$lab_dir/$1.pcap" "$2" 2>/dev/null | wc -l
}

lab_seen() { (($(lab_frames "$@") > 0)); }

lab_lease() {
    awk -v mac="$1" '$2 == mac { print $3; found = 1 } END { exit !found }' "$lab_dir/leases" 2>/dev/null
}

declare -A guest_input=()
guest_commands=0

guest_connect() {
    local fd
    mkfifo "$lab_dir/$1.in" || return
    # ignoreeof would keep it after our end; the serial line's own end is what ends it.
    socat - "UNIX-CONNECT:$2" <"$lab_dir/$1.in" >"$lab_dir/$1.serial" 2>"$lab_dir/$1.socat" &
    exec {fd}>"$lab_dir/$1.in"
    guest_input[$1]=$fd
}

guest_run() {
    local name=$1 seconds=$2 id=$((++guest_commands)) status
    printf '%s %s\n' "$id" "$3" >&"${guest_input[$name]}"
    lab_await "$seconds" grep -qE "^guest:end $id [0-9]+.?$" "$lab_dir/$name.serial" || return 124
    # Between the marks; without the carriage returns and without the empty line before the last mark.
    tr -d '\r' <"$lab_dir/$name.serial" |
        sed -n "/^guest:begin $id\$/,/^guest:end $id /{/^guest:/d;p}" | sed '${/^$/d}'
    status=$(tr -d '\r' <"$lab_dir/$name.serial" | sed -n "s/^guest:end $id //p")
    return "$status"
}
