#!/usr/bin/env bash
# The ESX driver from the shell, against VMware's API simulator; its bundle updated and removed while connected.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if ! "$root/test/vcsim/build" 2>/dev/null; then
    echo "skip esx - no vSphere simulator: test/vcsim/build fails here"
    exit 0
fi
lab_dir=$(mktemp -d -t virt-esx.XXXXXX)
home=$lab_dir/home
simulators=()
cleanup() {
    local holder='' pid
    [[ ! -s $home/run/virt.lock ]] || read -r holder <"$home/run/virt.lock"
    [[ -z $holder ]] || { kill -TERM "$holder" 2>/dev/null && lab_await 10 gone "$holder"; }
    for pid in "${simulators[@]}"; do kill "$pid" 2>/dev/null; done
    rm -rf "$lab_dir"
    exit $((failures > 0))
}
gone() { ! kill -0 "$1" 2>/dev/null; }
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

simulate() { # NAME OPTION… - starts a simulator and sets port
    local name=$1
    shift
    mkfifo "$lab_dir/$name.in"
    TMPDIR=$lab_dir "$root/test/target/vcsim" "$@" <"$lab_dir/$name.in" >"$lab_dir/$name.out" 2>"$lab_dir/$name.err" &
    simulators+=($!)
    exec {hold}>"$lab_dir/$name.in"
    lab_await 20 grep -q '^ready' "$lab_dir/$name.out" || exit 1
    port=$(sed -n 's/^ready //p' "$lab_dir/$name.out")
}
: >"$lab_dir/daemon.log"
cat >"$lab_dir/auth.conf" <<'AUTH'
[credentials-sim]
username=root
password=secret word
[auth-esx-127.0.0.1]
credentials=sim
AUTH
simulate esx -mode esx -machines 3
esx="esx://root@127.0.0.1:$port/?no_verify=1&authfile=$lab_dir/auth.conf"
v() { timeout 120 "$root/run/virt" --home "$home" -c "${uri:-$esx}" "$@"; }
says() { # PATTERN COMMAND… - the command succeeds and prints the pattern
    local pattern=$1
    shift
    "$@" >"$lab_dir/out" 2>&1 && grep -qE -- "$pattern" "$lab_dir/out" || { cat "$lab_dir/out"; return 1; }
}

must "a host is connected to" says 'Running hypervisor: ESX 6\.5\.0' v version
check "its machines are listed" says 'ha-host_VM0 +running' v list --all
check "a machine is ended" says 'destroyed' v destroy ha-host_VM0
check "and is shut off" says 'shut off' v domstate ha-host_VM0
check_fails "what its state does not allow is refused" 1 'is shut off' v suspend ha-host_VM0
check "it is started" says 'started' v start ha-host_VM0
check "it is suspended and goes on" says 'resumed' eval 'v suspend ha-host_VM0 && v resume ha-host_VM0'
check "its XML is libvirt's" says "<domain type='vmware' id='[0-9]+'" v dumpxml ha-host_VM0
check "its size is told" says 'Max memory: +[0-9]+ KiB' v dominfo ha-host_VM0
check "the host's size is told" says 'CPU model: +Intel Core i7-3615QM CPU @ 2\.30$' v nodeinfo
check "its memory is told" says '^rss [0-9]+' v dommemstat ha-host_VM0
check "the figures of all machines are told" says 'cpu\.time=[0-9]+' v domstats
check "nothing is being done with it" says 'Job type: +None' v domjobinfo ha-host_VM0
check "a snapshot is taken" says 'Domain snapshot before created' v snapshot-create-as ha-host_VM0 before 'a note'
check "and one after it" says 'created' v snapshot-create-as ha-host_VM0 after
check "they are a tree" says '\+- after' v snapshot-list ha-host_VM0 --tree
check "the machine goes back" says 'reverted' v snapshot-revert ha-host_VM0 before
check "a snapshot is deleted" says 'deleted' v snapshot-delete ha-host_VM0 after
check "datastores are pools" says 'LocalDS_0 +active +yes' v pool-list
check "with sizes" says 'Capacity: +[0-9.]+ [KMGT]iB' v pool-info LocalDS_0
check "a volume is made" says 'created' v vol-create-as LocalDS_0 e2e/disk.vmdk 4M --allocation 0
check "and listed" says '\[LocalDS_0\] e2e/disk\.vmdk' v vol-list LocalDS_0
printf 'content' >"$lab_dir/up"
check "a file goes into it" v vol-upload e2e/disk.vmdk LocalDS_0 "$lab_dir/up"
check "and comes back" eval 'v vol-download e2e/disk.vmdk LocalDS_0 "$lab_dir/down" && cmp "$lab_dir/up" "$lab_dir/down"'
check "it is deleted" says 'deleted' v vol-delete e2e/disk.vmdk LocalDS_0
check "switches are networks" says 'vSwitch0 +active' v net-list
printf '<network><name>lab</name><portgroup name="lab-1"/></network>' >"$lab_dir/net.xml"
check "a switch is made" says 'Network lab defined' v net-define "$lab_dir/net.xml"
check "network cards are interfaces" says 'vmnic0' v iface-list --all
check "with their port groups" says "<portgroup name='VM Network'/>" v net-dumpxml vSwitch0
uri="esx://root@127.0.0.1:$port/?authfile=$lab_dir/auth.conf" \
    check_fails "a certificate of nobody is refused" 1 'certification path' v list
uri="esx://root@127.0.0.1:$port/?no_verify=1" \
    check_fails "a missing password is named, with the remedy" 1 'password\.root@127\.0\.0\.1' v list
check "an unchecked certificate is said aloud" grep -rq 'certificate is not checked' "$home"

# Runs a command on a terminal of its own and types each line once its prompt is there; what was shown is in $lab_dir/shown.
on_terminal() { # COMMAND [PROMPT LINE]…
    local command=$1 status keys
    shift
    rm -f "$lab_dir/keys" "$lab_dir/shown"
    mkfifo "$lab_dir/keys"
    timeout 60 script -qefc "$command" "$lab_dir/shown" <"$lab_dir/keys" >/dev/null 2>&1 &
    local terminal=$!
    exec {keys}>"$lab_dir/keys"
    while (($#)); do
        lab_await 30 grep -qF -- "$1" "$lab_dir/shown" || break
        printf '%b' "$2" >&"$keys"
        shift 2
    done
    wait "$terminal"
    status=$?
    exec {keys}>&-
    return "$status"
}
shown() { grep -qF -- "$1" "$lab_dir/shown"; }
asking="esx://127.0.0.1:$port/?no_verify=1"
run="$root/run/virt --home $home"
uri=$asking check_fails "nobody is asked where there is no terminal" 1 'standard input is no terminal' v list </dev/null
if command -v script >/dev/null; then
    check_fails "a wrong password is refused" 1 '' on_terminal "$run -c '$asking' list" '[root]: ' '\n' \
        "Enter root's password for 127.0.0.1: " 'wrong word\n'
    check "and said to be" shown 'Login failure'
    check_fails "the end of input cancels" 1 '' on_terminal "$run -c '$asking' list" '[root]: ' '\004'
    check_fails "Ctrl-C ends the command" 130 '' \
        on_terminal "trap : INT; $run -c '$asking' list; s=\$?; stty -a; exit \$s" \
        '[root]: ' 'root\n' "password for 127.0.0.1: " '\003'
    # In a list of settings, whose lines end where the terminal's do.
    check "and the terminal shows again what is typed" grep -qE '(^|[[:space:]])echo([[:space:]]|$)' "$lab_dir/shown"
    check "user and password are asked for" on_terminal "$run -c '$asking' list" '[root]: ' 'root\n' \
        "password for 127.0.0.1: " 'secret word\n'
    check "and the machines are listed" shown 'ha-host_VM0'
    check "what is typed as a password is not shown" eval '! shown "secret word"'
    check "the connection is kept" on_terminal "$run -c '$asking' list"
    other=${asking/127.0.0.1/localhost}
    check "the shell asks, too" on_terminal "$run -c test:///default" 'virt # ' "connect '$other'\r" '[root]: ' '\n' \
        "password for localhost: " 'secret word\n' "'$other'" 'list\r' 'ha-host_VM0' 'quit\r'
    check "and keeps what was typed out of its history" eval '! grep -q secret "$home/shell_history"'
else
    skip "passwords at a terminal: script (bsdutils) is missing"
fi

kept() { grep -rq 'secret word' "$home"; }
check "a password is neither kept nor logged" eval '! kept'

if command -v virsh >/dev/null; then
    simulate typed -mode esx -machines 3 -typed
    theirs="esx://127.0.0.1:$port/?no_verify=1"
    own() { LIBVIRT_AUTH_FILE=$lab_dir/auth.conf timeout 60 virsh -q -c "$theirs" "$@" 2>/dev/null; }
    same() { # COMMAND… - our command and libvirt's own driver say the same
        diff <(uri="$theirs&authfile=$lab_dir/auth.conf" v -q "$@") <(own "$@") >"$lab_dir/out" || { cat "$lab_dir/out"; return 1; }
    }
    for command in 'list --all' 'domstate ha-host_VM1 --reason' 'domuuid ha-host_VM1' 'net-list --all' nodeinfo hostname; do
        # shellcheck disable=SC2086
        check "libvirt's own ESX driver agrees: $command" same $command
    done
    # libvirtd refuses it likewise: ESX is a driver of the client's side, and a URI with a socket names no host.
    check_fails "stock virsh is refused, its URI names no host" 1 'name of a host is missing' \
        timeout 60 virsh -c "esx+unix:///?socket=$home/run/libvirt-sock" list
fi

bundle=$(v -q bundles | awk '$4 == "org.virt.driver.esx" { print $1 }')
check "the bundle is updated while connected" v felix:update "$bundle"
check "and its machines are there again" says 'ha-host_VM0' v list --all
check "it is stopped while connected" v felix:stop "$bundle"
check_fails "its machines cannot be reached then" 1 "no driver for 'esx'|has left" v domstate ha-host_VM0
check "nobody else is troubled" says running timeout 60 "$root/run/virt" --home "$home" -c test:///default domstate test
check "it comes back" v felix:start "$bundle"
check "and the host with it" says running v domstate ha-host_VM0
location=$(ls "$root"/run/target/dist/bundles/org.virt.driver.esx-*.jar)
check "it is uninstalled while connected" v felix:uninstall "$bundle"
check_fails "it is gone" 1 "no driver for 'esx'|has left" v list
check "it is installed again" v felix:install "file:$location"
bundle=$(v -q bundles | awk '$4 == "org.virt.driver.esx" { print $1 }')
check "started" v felix:start "$bundle"
check "and works" says running v domstate ha-host_VM0

simulate vpx -mode vpx -machines 2
uri="vpx://root@127.0.0.1:$port/DC0/DC0_C0/DC0_C0_H0?no_verify=1&authfile=$lab_dir/auth.conf"
check "a host of a vCenter's cluster is connected to" says 'DC0_C0_RP0_VM' v list --all
check "its machines know their datacenter" says '<vmware:datacenterpath>DC0</vmware:datacenterpath>' \
    v dumpxml "$(v -q list --all --name | head -n 1)"
check "port groups of distributed switches are listed" says 'DC0_DVPG0' v net-list
uri="vpx://root@127.0.0.1:$port/DC0/nowhere?no_verify=1&authfile=$lab_dir/auth.conf" \
    check_fails "an unknown host is answered with those that there are" 1 '/DC0/DC0_C0/DC0_C0_H0' v list
