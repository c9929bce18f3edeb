#!/usr/bin/env bash
# A driver of a third party, as docs/plugin-guide.md has it: built outside of this tree, held against the contract,
# dropped into run/load, used by our commands and by virsh, updated and taken away.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
if ! command -v mvn >/dev/null; then
    echo "skip $(basename "$0") - needs mvn, with which a plug-in is built"
    exit 0
fi

lab_dir=$(mktemp -d -t virt-plugin.XXXXXX)
home=$lab_dir/home
machine=web
cleanup() {
    trap '' INT TERM HUP
    if [[ -n $daemon ]] && kill -0 "$daemon" 2>/dev/null; then
        kill -TERM "$daemon"
        lab_await 10 runtime_gone
    fi
    ((failures == 0)) || tail -n 40 "$lab_dir"/home/log/*.log "$lab_dir/daemon.log" 2>/dev/null
    rm -rf "$lab_dir"
    exit $((failures > 0))
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# A local Maven repository of our own, which begins with the files of the user's: what is installed here goes with it.
repository=$lab_dir/m2
mkdir -p "$repository" "$lab_dir/load"
cp -al ~/.m2/repository/. "$repository" 2>/dev/null || cp -a ~/.m2/repository/. "$repository" 2>/dev/null
rm -rf "$repository/org/virt"
maven() { nice mvn -B -q -Dmaven.repo.local="$repository" "$@"; }
install_api() { (cd "$root" && maven install -DskipTests -pl org.virt.api,test/contract -am); }
build_plugin() { (cd "$lab_dir/org.example.acme" && maven verify); }
kept_the_contract() {
    local report=$lab_dir/org.example.acme/target/surefire-reports/TEST-org.example.acme.AcmeDriverContractTest.xml
    grep -oE '<testsuite [^>]*>' "$report" | grep ' errors="0"' | grep ' failures="0"' | grep -E ' tests="[5-9][0-9]"'
}

v() { timeout 60 "$root/run/virt" --home "$home" --no-autostart "$@"; }
acme() { v -c acme:///system "$@"; }
says() { grep -qE "$1" <(shift && "$@" 2>&1); }
installed() { says "active +$1 +org.example.acme" v bundles; }
machine_runs() {
    local child
    for child in $(cat /proc/"$daemon"/task/*/children); do
        grep -qsx sleep "/proc/$child/comm" && return
    done
    return 1
}
no_machine_runs() { ! machine_runs; }
begin() {
    VIRT_LOAD=$lab_dir/load "$root/run/virt" --home "$home" --no-install daemon >"$lab_dir/daemon.log" 2>&1 </dev/null &
    daemon=$!
    lab_await 60 grep -q '^virt: ready in' "$lab_dir/daemon.log"
}
deploy() { # VERSION
    local jar=$lab_dir/org.example.acme/target/org.example.acme-1.0.0.jar
    printf 'Bundle-Version: %s\n' "$1" >"$lab_dir/manifest"
    jar --update --file "$jar" --manifest "$lab_dir/manifest" 2>/dev/null
    cp "$jar" "$lab_dir/load/org.example.acme.jar" && lab_await 20 installed "$1"
}
domain() {
    cat >"$lab_dir/web.xml" <<XML
<domain type='acme'>
  <name>web</name>
  <memory unit='MiB'>64</memory>
  <os><type>hvm</type></os>
</domain>
XML
}

cp -r "$root/examples/org.example.acme" "$lab_dir" && rm -rf "$lab_dir/org.example.acme/target"
domain
must "API and contracts are installed for other projects" install_api
must "the plug-in is built and tested outside of this tree" build_plugin
check "its driver keeps the contract" kept_the_contract
must "the runtime gets ready" begin
check_fails "nobody serves its scheme yet" 1 "no driver for 'acme' is installed" acme list
must "the jar is installed from run/load" deploy 1.0.0
check "host-validate has its check" says 'ACME: Checking for /bin/sleep +: PASS' v host-validate
check "a machine is defined" acme define "$lab_dir/web.xml"
check "and started" acme start web
check "it runs" says 'web +running' acme list
check "as a process" machine_runs
check "its CPU time is known" says 'cpu_time' acme cpu-stats web --total
check_fails "what the driver does not have is said" 1 'org.example.acme does not support it' acme screenshot web "$lab_dir/screen"
check "it is suspended" acme suspend web
check "and says so" says 'paused \(user\)' acme domstate web --reason
check "it is resumed" acme resume web
check "virsh sees it" says 'web +running' virsh -c "acme+unix:///system?socket=$home/run/libvirt-sock" list
check "virsh suspends it" virsh -c "acme+unix:///system?socket=$home/run/libvirt-sock" suspend web
check "virsh resumes it" virsh -c "acme+unix:///system?socket=$home/run/libvirt-sock" resume web
check "its format writes configurations" says 'memory = 65536' v domxml-to-native acme-conf "$lab_dir/web.xml"
check "it shuts down" acme shutdown web
check "and is off" lab_await 10 says 'shut off \(shutdown\)' acme domstate web --reason
check "it starts again" acme start web
check "a newer jar updates the driver" deploy 1.0.1
check "whose machines ended with it" lab_await 10 no_machine_runs
check "it serves on" acme define "$lab_dir/web.xml"
rm "$lab_dir/load/org.example.acme.jar"
gone() { says "no driver for 'acme' is installed" acme list; }
check "taking the jar away uninstalls it" lab_await 20 gone
