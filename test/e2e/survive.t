#!/usr/bin/env bash
# A machine and its rules outlive the runtime: killed, ended, started again, with the guest spoofing all the while.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_root
lab_need || exit 1
open_lab survive

must "the runtime gets ready" start_runtime
must "the machine is defined" define_guest
must "it starts and its rules come into force" start_guest
check "list shows it running" grep -qE "$machine +running" <(virt list)
check "dumpxml shows the filter" grep -q "clean-traffic" <(virt dumpxml "$machine")
must "the guest attacks" attack_begins
check "attacks are seen on the tap" attack_goes_on

check "the runtime can be killed" runtime_ends KILL 5
check "the machine runs on without it" machine_process
check "attacks go on without it" attack_goes_on
check "the gateway answers without it" gateway_answers
check "the runtime gets ready again" start_runtime
check "list shows the machine running again" grep -qE "$machine +running" <(virt list)
check "its rules are in force" lab_await 5 in_force
check "its address is still known" grep -qF "$(lab_lease "$mac")" <(virt addresses "$port")
check "attacks go on under the new runtime" attack_goes_on
check "the gateway answers under the new runtime" gateway_answers

check "SIGTERM ends the runtime within 5 s" runtime_ends TERM 5
check "the machine runs on after SIGTERM" machine_process
check "attacks go on after SIGTERM" attack_goes_on
check "the runtime gets ready a third time" start_runtime
check "list shows the machine running a third time" grep -qE "$machine +running" <(virt list)
check "the attack ends" attack_ends
check "no spoofed frame got through at any time" nothing_spoofed_passed

check "destroy ends the machine" virt destroy "$machine"
machine_gone() { ! machine_process; }
check "its process is gone" lab_await 5 machine_gone
tap_gone() { ! lab ip link show "$port" 2>/dev/null; }
check "its tap is gone" lab_await 5 tap_gone
binding_gone() { ! virt nwfilter-binding-list | grep -q "$port"; }
check "its binding is gone" lab_await 5 binding_gone
check "it is listed as shut off" grep -qE "$machine +shut off" <(virt list --all)
check "undefine forgets it" virt undefine "$machine"
