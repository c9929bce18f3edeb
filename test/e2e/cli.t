#!/usr/bin/env bash
# What an operator types: exit codes, messages, bad input. Machines in memory; no root needed.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lab_dir=$(mktemp -d -t virt-cli.XXXXXX)
home=$lab_dir/home
cleanup() {
    [[ -z $daemon ]] || { kill -TERM "$daemon" 2>/dev/null && lab_await 10 runtime_gone; }
    rm -rf "$lab_dir"
    exit $((failures > 0))
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
export XDG_STATE_HOME=$lab_dir/state
v() { timeout 60 "$root/run/virt" --home "$home" -c test:///default "$@"; }
: >"$lab_dir/daemon.log"

check_fails "without a runtime, --no-autostart refuses" 1 '^error: ' v --no-autostart list
"$root/run/virt" --home "$home" --no-install daemon >"$lab_dir/daemon.log" 2>&1 </dev/null &
daemon=$!
must "the runtime gets ready" lab_await 60 grep -q '^virt: ready in [0-9]* ms' "$lab_dir/daemon.log"
check_fails "a second runtime of one home says who holds it" 1 "$daemon|process [0-9]+|pid [0-9]+" \
    "$root/run/virt" --home "$home" --no-install daemon

listed() { v list --all | tee "$lab_dir/list" | grep -qE '^ 1 +test +running$'; }
check "list --all shows the machine in memory" listed
check "domstate says running" grep -qx running <(v domstate test)
check "suspend and resume" v suspend test
check "domstate says paused" grep -qx paused <(v domstate test)
check "resume" v resume test
check "destroy" v destroy test
check "domstate says shut off" grep -qx 'shut off' <(v domstate test)
check "start" v start test
check "dumpxml prints XML" grep -q "<domain type='test'" <(v dumpxml test)
check_fails "an unknown machine is named" 1 "^error: .*nobody" v domstate nobody
check_fails "an unknown command is wrong usage" 2 "^error: .*frobnicate" v frobnicate
check_fails "an unknown option is wrong usage" 2 "^error: .*nonsense" v list --nonsense
check_fails "an unknown scheme is named, with those there are" 1 "test" \
    timeout 60 "$root/run/virt" --home "$home" -c nosuch:///x list
check_fails "esx without a password says where one is looked for" 1 "^error: .*no password for user root.*authfile" timeout 60 "$root/run/virt" --home "$home" -c esx://host/ list
script() { printf 'domstate test\ndominfo test\n' | v >"$lab_dir/script" && grep -q running "$lab_dir/script" && grep -q 'Max memory' "$lab_dir/script"; }
check "a script runs line by line" script
check "Felix's own commands work" grep -q org.virt.core <(v felix:lb -s)
check_fails "arguments are not parsed again" 1 'a  b;\$x"' v domstate 'a  b;$x"'
check "help lists commands" grep -q nwfilter-binding-create <(v help)
check "host-validate says what is there" grep -qE 'PASS|WARN|FAIL' <(v host-validate)

xml() { printf '%s' "$1" >"$lab_dir/x.xml"; }
xml '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><domain type="test"><name>&a;</name></domain>'
check_fails "a DTD is refused with its place" 1 '^error: .*(DTD|DOCTYPE).*' v define "$lab_dir/x.xml"
xml "<domain type='test'><name>x</name><memory>1024</memory>"
check_fails "broken XML is refused with line and column" 1 'line [0-9]+.*column [0-9]+' v define "$lab_dir/x.xml"
{ printf '<domain>'; head -c 1100000 /dev/zero | tr '\0' ' '; printf '</domain>'; } >"$lab_dir/x.xml"
check_fails "more than 1 MiB is refused" 1 '^error: .*(MiB|large|size|bytes|characters)' v define "$lab_dir/x.xml"
xml "$(printf '<a>%.0s' $(seq 70))$(printf '</a>%.0s' $(seq 70))"
check_fails "a depth of 70 is refused" 1 '^error: .*(deep|depth|nest)' v define "$lab_dir/x.xml"
check_fails "a file that is not there is named" 1 "nowhere.xml" v define "$lab_dir/nowhere.xml"

f() { timeout 60 "$root/run/virt" --home "$home" "$@"; }
check "24 standard filters" test "$(f nwfilter-list | grep -cE '[0-9a-f]{8}-[0-9a-f]{4}')" = 24
xml "<filter name='a'><filterref filter='nosuch'/></filter>"
check_fails "an unknown filter is named" 1 'nosuch' f nwfilter-define "$lab_dir/x.xml"
xml "<filter name='a'><filterref filter='a'/></filter>"
check_fails "a loop of filters is refused" 1 '^error: .*a' f nwfilter-define "$lab_dir/x.xml"
xml "<filter name='a'><rule action='frob' direction='in'/></filter>"
check_fails "a wrong action is named" 1 'frob' f nwfilter-define "$lab_dir/x.xml"
check_fails "a filter in use is not undefined" 1 '^error: .*no-ip-spoofing' f nwfilter-undefine no-ip-spoofing
check "nwfilter-rules prints rules and applies none" grep -q 10.1.2.3 <(f nwfilter-rules clean-traffic --param IP=10.1.2.3)
check "SIGTERM ends the runtime within 5 s" runtime_ends TERM 5
daemon=
