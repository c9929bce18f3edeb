# shellcheck shell=bash
# What the scripts of this folder share. Each prints a line per observation: "ok NAME", "not ok NAME - REASON" or
# "skip NAME - REASON", and leaves nothing behind.
#
#   check NAME COMMAND…      ok when the command succeeds; otherwise its last line of output is the reason
#   must NAME COMMAND…       the same, and nothing more is tried after a failure
#   check_fails NAME STATUS PATTERN COMMAND…   ok when it ends with STATUS and says PATTERN (grep -E) on stderr
#   open_lab NAME            namespaces, gateway, DHCP server (run/lib/lab.sh), and their end at the script's end
#   start_runtime            run/virt daemon in the lab; waits until it is ready
#   virt …                   run/virt of that runtime
#   start_guest              defines and starts the machine "$machine" with clean-traffic; waits for its rules

set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=run/lib/packages.sh
. "$root/run/lib/packages.sh"
# shellcheck source=run/lib/lab.sh
. "$root/run/lib/lab.sh"

# Built before anything is timed or cut off from the network.
"$root/run/virt" --version >/dev/null || exit 1

machine=e2e
port=vnet0
mac=52:54:00:4d:00:02
daemon=
failures=0

ok() { echo "ok $1"; }
not_ok() {
    echo "not ok $1 - $2"
    failures=$((failures + 1))
}

# The command runs in this shell, not in a subshell: what it sets stays set.
check() {
    local name=$1
    shift
    if "$@" >"$lab_dir/check" 2>&1 </dev/null; then
        ok "$name"
    else
        not_ok "$name" "$(tail -n 1 "$lab_dir/check")"
        return 1
    fi
}

must() { check "$@" || exit 1; }

check_fails() {
    local name=$1 status=$2 pattern=$3 error got=0
    shift 3
    error=$("$@" 2>&1 >/dev/null) || got=$?
    if ((got != status)); then
        not_ok "$name" "status $got instead of $status: $error"
    elif ! grep -qE "$pattern" <<<"$error"; then
        not_ok "$name" "says: $error"
    else
        ok "$name"
    fi
}

virt() { lab timeout 60 "$root/run/virt" --home "$home" --no-autostart "$@"; }

need_root() {
    ((EUID == 0)) && return
    echo "skip $(basename "$0") - needs root: network namespaces and taps"
    exit 0
}

open_lab() {
    trap close_lab EXIT
    trap 'exit 1' INT TERM HUP
    lab_open "virt-$1-$$" || exit 1
    home=$lab_dir/home
    lab_capture uplink gateway gw0 || exit 1
}

close_lab() {
    trap '' INT TERM HUP
    if [[ -n $daemon ]] && kill -0 "$daemon" 2>/dev/null; then
        kill -TERM "$daemon"
        lab_await 10 runtime_gone
    fi
    ((failures == 0)) || tail -n 40 "$lab_dir"/home/log/*.log "$lab_dir"/home/qemu/log/*.log "$lab_dir"/*.serial 2>/dev/null
    lab_close
    exit $((failures > 0))
}

start_runtime() {
    : >"$lab_dir/daemon.log"
    # exec: its process id is the runtime's.
    (exec ip netns exec "$lab_host" "$root/run/virt" --home "$home" --no-install daemon) \
        >>"$lab_dir/daemon.log" 2>&1 </dev/null &
    daemon=$!
    lab_await 60 grep -q '^virt: ready in' "$lab_dir/daemon.log"
}

runtime_gone() { ! kill -0 "$daemon" 2>/dev/null; }

runtime_ends() { # SIGNAL SECONDS
    kill "-$1" "$daemon" && lab_await "$2" runtime_gone
}

machine_process() {
    local pid
    for pid in $(ip netns pids "$lab_host"); do
        grep -qsF "guest=$machine," "/proc/$pid/cmdline" && return
    done
    return 1
}

domain_xml() {
    cat <<XML
<domain type='qemu'>
  <name>$machine</name>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>$guest/vmlinuz</kernel>
    <initrd>$guest/initramfs.gz</initrd>
    <cmdline>console=ttyS0 quiet panic=-1 virt.net=dhcp virt.control=ttyS0</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <serial type='unix'>
      <source mode='bind' path='$lab_dir/serial.sock'/>
    </serial>
    <interface type='bridge'>
      <mac address='$mac'/>
      <source bridge='br0'/>
      <target dev='$port'/>
      <model type='virtio'/>
      <filterref filter='clean-traffic'/>
    </interface>
  </devices>
</domain>
XML
}

define_guest() {
    guest=$("$root/test/guest/build") || return
    domain_xml >"$lab_dir/$machine.xml"
    virt define "$lab_dir/$machine.xml"
}

start_guest() {
    virt start "$machine" && lab_await 5 lab_capture tap host "$port" &&
        lab_await 5 test -S "$lab_dir/serial.sock" && guest_connect "$machine" "$lab_dir/serial.sock" &&
        lab_await 60 in_force && address=$(lab_lease "$mac")
}

in_force() { virt nwfilter-status "$port" | grep -q ' IN_FORCE '; }

# The guest claims the gateway's address and uses a foreign one, over and over, until attack_ends.
foreign_ip=$lab_subnet.66
attack_begins() {
    guest_run "$machine" 20 "(while [ ! -e /tmp/stop ]; do spoof arp $lab_gateway_ip; spoof ip $foreign_ip $lab_gateway_ip; done) >/dev/null 2>&1 &"
}
attack_ends() { guest_run "$machine" 20 "touch /tmp/stop"; }
spoofed="ether src $mac and (src host $foreign_ip or arp[14:4] = 0x$(printf %02x ${lab_gateway_ip//./ }))"
attacks_sent() { lab_frames tap "$spoofed"; }

attack_goes_on() { # waits for ten more spoofed frames on the tap
    local before
    before=$(attacks_sent)
    lab_await 60 attacks_beyond $((before + 10))
}
attacks_beyond() { (($(attacks_sent) >= $1)); }

nothing_spoofed_passed() {
    local sent passed
    sent=$(attacks_sent) passed=$(lab_frames uplink "$spoofed")
    echo "$sent spoofed frames sent, $passed seen beyond the bridge"
    ((sent > 0 && passed == 0))
}

gateway_answers() { guest_run "$machine" 30 "ping -c 3 -W 2 $lab_gateway_ip"; }
