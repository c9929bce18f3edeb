#!/usr/bin/env bash
# Kills the runtime at random points while machines are started, changed, saved and ended: none is lost, none runs twice,
# nothing that is kept is damaged. VIRT_KILL_ROUNDS says how often (4).
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_root
lab_need || exit 1
open_lab kill

machines=(k1 k2 k3 k4)
# Of this test alone: others may run on this host at the same time.
uuid() { printf '00000000-0000-4000-8000-%08x%04d' $$ "${1#k}"; }

machine_xml() {
    cat <<XML
<domain type='qemu'>
  <name>$1</name>
  <uuid>$(uuid "$1")</uuid>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <controller type='usb' index='0' model='none'/>
    <controller type='scsi' index='0' model='virtio-scsi'/>
  </devices>
</domain>
XML
}

define_all() {
    local name
    for name in "${machines[@]}"; do
        machine_xml "$name" >"$lab_dir/$name.xml"
        truncate -s 1M "$lab_dir/$name.img"
        virt define "$lab_dir/$name.xml" || return 1
    done
}

# Does this and that to one machine, in another order each time, until the runtime is gone; much of it fails. One client
# gives all commands of a turn: what matters is how many of them a kill can hit.
disturb() {
    local name=$1
    while kill -0 "$daemon" 2>/dev/null; do
        shuf -e -r -n 12 "start $name" "start $name" "managedsave $name" "destroy $name" "suspend $name" "resume $name" \
            "attach-disk $name $lab_dir/$name.img sda --targetbus scsi --driver qemu" "detach-disk $name sda" \
            "desc $name round-$RANDOM --title --config" | virt
    done >/dev/null 2>&1
}

processes() { pgrep -f -- "qemu-system.*$(uuid "$1")" | wc -l; }

# Each machine is there once, and runs exactly when it is said to.
all_whole() {
    local name listed running
    listed=$(virt list --all --name) || return 1
    for name in "${machines[@]}"; do
        if [[ $(grep -cx "$name" <<<"$listed") != 1 ]]; then
            echo "$name is listed $(grep -cx "$name" <<<"$listed") times"
            return 1
        fi
        running=$(processes "$name")
        case $(virt domstate "$name") in
        running* | paused*) [[ $running == 1 ]] ;;
        *) [[ $running == 0 ]] ;;
        esac || {
            echo "$name is $(virt domstate "$name" | head -n 1), with $running processes"
            return 1
        }
        virt dumpxml "$name" --inactive >/dev/null || return 1
    done
}

must "the runtime gets ready" start_runtime
must "the machines are defined" define_all
for ((round = 1; round <= ${VIRT_KILL_ROUNDS:-4}; round++)); do
    workers=()
    for name in "${machines[@]}"; do
        disturb "$name" &
        workers+=($!)
    done
    point=$((RANDOM % 2000))
    sleep "$(printf '%d.%03d' $((point / 1000)) $((point % 1000)))"
    must "killed after $point ms" runtime_ends KILL 5
    wait "${workers[@]}"
    must "it gets ready again" start_runtime
    check "no machine is lost, none runs twice" lab_await 10 all_whole
done
end_all() {
    local name
    for name in "${machines[@]}"; do
        virt destroy "$name" || true
        virt undefine "$name" --managed-save || return 1
        [[ $(processes "$name") == 0 ]] || return 1
    done
}
check "all can be ended and forgotten" end_all
nothing_left() { find "$home/qemu" -type f ! -name booted ! -name '*.log*' | { ! grep .; }; }
check "nothing is left of them" nothing_left
