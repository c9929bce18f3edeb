#!/usr/bin/env bash
# The shell as a person at a terminal uses it, scripts, editing, and a runtime that is started by the way.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lab_dir=$(mktemp -d -t virt-shell.XXXXXX)
home=$lab_dir/home
cleanup() {
    local holder=''
    [[ ! -s $home/run/virt.lock ]] || read -r holder <"$home/run/virt.lock"
    [[ -z $holder ]] || { kill -TERM "$holder" 2>/dev/null && lab_await 10 gone "$holder"; }
    rm -rf "$lab_dir"
    exit $((failures > 0))
}
gone() { ! kill -0 "$1" 2>/dev/null; }
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
v() { timeout 120 "$root/run/virt" --home "$home" -c test:///default "$@"; }
: >"$lab_dir/daemon.log"

at_once() {
    v domstate test &
    local other=$!
    v domstate test && wait "$other"
}
check "two commands at once start one runtime" at_once
check "a command uses the runtime of its home" grep -q running <(v list)
read -r holder <"$home/run/virt.lock"
check "which goes on alone" kill -0 "$holder"
check "its socket is for its owner alone" test "$(stat -c %a "$home/run/virt.sock")" = 600

# Keys for the shell at a terminal that script(1) makes, each argument at a prompt of its own, or one that begins with
# Ctrl-C once the keys before it are shown; output is in the file typed.
typed() {
    rm -f "$lab_dir/keys"
    mkfifo "$lab_dir/keys"
    : >"$lab_dir/typed"
    TERM=xterm timeout 60 script -qfec "$root/run/virt --home $home -c test:///default" /dev/null \
        <"$lab_dir/keys" >"$lab_dir/typed" 2>&1 &
    local shell=$! keys line before='' prompts=0 status
    exec {keys}>"$lab_dir/keys"
    for line; do
        if [[ $line == '\003'* ]]; then
            lab_await 30 grep -q "hvirt # $before" "$lab_dir/typed" || break
        else
            lab_await 30 prompted $((++prompts)) || break
        fi
        printf "$line" >&"$keys"
        before=$line
    done
    wait "$shell"
    status=$?
    exec {keys}>&-
    return "$status"
}
prompted() { (($(grep -c 'hvirt # ' "$lab_dir/typed") >= $1)); }

if command -v script >/dev/null; then
    check "the shell runs lines until Ctrl-D" typed 'domu\tte\t\r' '\004'
    check "it completes commands and machines" grep -q 'domuuid test' "$lab_dir/typed"
    check "and prints what they print" grep -q 'l6695eb01-f6a4-8304-79aa-97f2502e193f' "$lab_dir/typed"
    check "quit leaves it" typed 'quit\r'
    check "Ctrl-C drops a line, not the shell" typed frob '\003' 'uri\r' '\004'
    check "and the next one runs" grep -q 'ltest:///default' "$lab_dir/typed"
    check "history is kept" grep -q 'domuuid test' "$home/shell_history"
    check "leaving does not stop the runtime" kill -0 "$holder"
    settings() { timeout 60 script -qec "stty -g; $root/run/virt --home $home -c test:///default; stty -g" /dev/null <<<quit | tr -d '\r' | grep -E '^[0-9a-f]+:' | sort -u | wc -l; }
    check "the terminal gets its settings back" test "$(settings)" = 1
else
    skip "the shell at a terminal: script (bsdutils) is missing"
fi

lines() { printf '%s\n' '# comment' "domstate 'test'" 'list --all | grep running' '' 'domname 1; domid test' quit 'domstate nobody' | v >"$lab_dir/out" 2>&1; }
check "a script has quotes, comments, pipes and an end" lines
check "each line is run" grep -c running "$lab_dir/out"
bad() { printf 'domstate nobody\ndomstate test\n' | v; }
check_fails "a script goes on after an error and tells it by its status" 1 nobody bad
check "standard input is a file" grep -q "Domain 'piped' defined from -" \
    <(v define - <<<"<domain type='test'><name>piped</name><memory>1024</memory><os><type>hvm</type></os></domain>")
check_fails "a console needs a terminal" 1 'TTY' v console test
check_fails "options come before the command" 2 'unknown option --frob' v --frob list
check_fails "a home too long for a socket is refused" 2 'too long' \
    "$root/run/virt" --home "/tmp/$(printf 'x%.0s' {1..100})" list
check "Ctrl-C ends a wait for events, which says so" grep -q 'event loop interrupted' \
    <(timeout -s INT 3 "$root/run/virt" --home "$home" -c test:///default event --all --loop)

bundle=$(v -q bundles | awk '$4 == "org.virt.driver.test" { print $1 }')
check "Felix's commands take a bundle's number" v felix:stop "$bundle"
check_fails "a machine whose driver has left is not there" 1 'error: ' v domstate test
check "and come back with it" v felix:start "$bundle"
check "as one that was never away" grep -q running <(v domstate test)

edited() {
    v define - <<<"<domain type='test'><name>edited</name><memory>1024</memory><os><type>hvm</type></os>
        <devices><graphics type='vnc' passwd='secret'/></devices></domain>"
    EDITOR="sed -i 's,</name>,&<title>changed</title>,'" timeout 60 "$root/run/virt" --home "$home" -c test:///default edit edited
}
check "an editor changes a machine" grep -q "Domain 'edited' XML configuration edited" <(edited)
check "which it is from then on" grep -q '<title>changed</title>' <(v dumpxml edited)
check "its password is not shown unasked" eval '! v dumpxml edited | grep -q secret'
check "it has kept it" grep -q "passwd='secret'" <(v dumpxml --security-info edited)
check "no change of a machine is no change" grep -q 'not changed' \
    <(EDITOR=true timeout 60 "$root/run/virt" --home "$home" -c test:///default edit edited)

f() { EDITOR="sed -i s/-500/-400/" timeout 60 "$root/run/virt" --home "$home" "$@"; }
printf "<filter name='edited' chain='root' priority='-500'/>" >"$lab_dir/f.xml"
if f nwfilter-define "$lab_dir/f.xml" >/dev/null 2>&1; then
    check "an editor changes a filter" grep -q 'XML configuration edited' <(f nwfilter-edit edited)
    check "for good" grep -q "priority='-400'" <(f nwfilter-dumpxml edited)
    check "no change is no change" grep -q 'not changed' <(f nwfilter-edit edited)
    check_fails "an editor that fails changes nothing" 1 'ended with status' env EDITOR=false \
        timeout 60 "$root/run/virt" --home "$home" nwfilter-edit edited
else
    skip "editing a filter: the filter manager does not work here"
fi

kill -KILL "$holder"
lab_await 5 gone "$holder"
check_fails "after kill -9 --no-autostart refuses" 1 'no runtime' v --no-autostart list
check "and a command starts it again" grep -q running <(v list)
