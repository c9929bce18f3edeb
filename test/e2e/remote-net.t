#!/usr/bin/env bash
# libvirt's own clients over TCP, and with a password (SASL) over a Unix socket; libvirt-java. Machines in memory.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_root
command -v virsh >/dev/null || {
    echo "skip remote-net.t - needs virsh (libvirt-clients)"
    exit 0
}
lab_dir=$(mktemp -d -t virt-remote-net.XXXXXX)
home=$lab_dir/home
ns=virt-net-$$
cleanup() {
    trap '' INT TERM HUP
    [[ -z $daemon ]] || { kill -TERM "$daemon" 2>/dev/null && lab_await 10 runtime_gone; }
    ip netns delete "$ns" 2>/dev/null
    rm -rf "$lab_dir"
    exit $((failures > 0))
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
must "a network namespace" eval 'ip netns add "$ns" && ip -n "$ns" link set lo up'
in_ns() { ip netns exec "$ns" "$@"; }
virt() { in_ns timeout 60 "$root/run/virt" --home "$home" --no-autostart "$@"; }

mkdir "$lab_dir/load"
printf '%s\n' 'tcp.listen = 127.0.0.1:16509' 'unix.sasl = true' >"$lab_dir/load/org.virt.remote.cfg"
: >"$lab_dir/daemon.log"
VIRT_LOAD=$lab_dir/load ip netns exec "$ns" "$root/run/virt" --home "$home" --no-install daemon >"$lab_dir/daemon.log" 2>&1 </dev/null &
daemon=$!
must "the runtime gets ready" lab_await 60 grep -q '^virt: ready in' "$lab_dir/daemon.log"

tcp=test+tcp://127.0.0.1:16509/default
t() { LC_ALL=C in_ns timeout 60 virsh -q -c "$tcp" "$@"; }
must "virsh connects by TCP" lab_await 20 eval 't uri >/dev/null 2>&1'
check "TCP: list" grep -qE '^ 1 +test +running' <(t list --all)
check "TCP: dumpxml" grep -q "<domain type='test' id='1'>" <(t dumpxml test)
check "TCP: suspend and resume" eval 't suspend test && t resume test'
t dumpxml --inactive test | sed 's/<name>test/<name>tcp/; /<uuid>/d; /<mac /d' >"$lab_dir/tcp.xml"
check "TCP: define, start, destroy, undefine" eval \
    't define "$lab_dir/tcp.xml" && t start tcp && t destroy tcp && t undefine tcp'
check "TCP: nwfilter-list" grep -q clean-traffic <(t nwfilter-list)
check "TCP: net-list" grep -qE '^ default +active' <(t net-list --all)
check_fails "TCP: an error" 1 "failed to get domain 'nobody'" t domstate nobody
listed() {
    t event --all --loop --timeout 20 >/dev/null 2>&1 &
    local client=$!
    lab_await 10 eval 'virt client-list | grep -qE "tcp +127.0.0.1;[0-9]+ +full"'
    local rc=$?
    kill "$client" 2>/dev/null
    return $rc
}
check "TCP: client-list shows the client" listed
events() {
    LC_ALL=C in_ns timeout 60 virsh -q -c "$tcp" event --event lifecycle --loop --timeout 20 >"$lab_dir/events" 2>&1 &
    local listener=$!
    lab_await 10 eval 't suspend test; t resume test; grep -q Resumed "$lab_dir/events"'
    local rc=$?
    kill "$listener" 2>/dev/null
    return $rc
}
check "TCP: events" events

q() { LC_ALL=C in_ns timeout 60 virsh -q -c "qemu+tcp://127.0.0.1:16509/system" "$@"; }
check "iface-list of the host" grep -qE '^ lo +active +00:00:00:00:00:00' <(q iface-list --all)
check "iface-dumpxml" grep -q "<interface type='ethernet' name='lo'>" <(q iface-dumpxml lo)
check "nodedev-list of the host" grep -qx net_lo_00_00_00_00_00_00 <(q nodedev-list --cap net)
check "nodedev-list --tree" grep -qx computer <(q nodedev-list --tree)
check "nodedev-dumpxml" grep -q '<interface>lo</interface>' <(q nodedev-dumpxml net_lo_00_00_00_00_00_00)
secret=8f3a3d0e-6a0d-4d5b-9a3c-2f6f4d1c0b7a
echo "<secret><uuid>$secret</uuid><usage type='volume'><volume>/e2e</volume></usage></secret>" >"$lab_dir/secret.xml"
check "secret-define" q secret-define "$lab_dir/secret.xml"
check "secret-list" grep -qE "^ $secret +volume /e2e" <(q secret-list)
check "secret-set-value" q secret-set-value "$secret" czNjcmV0
check "secret-get-value" grep -qx czNjcmV0 <(q secret-get-value "$secret")
check "its files are its owner's alone" test "$(stat -c %a "$home/secrets/$secret.base64")" = 600
check_fails "a read-only client does not get it" 1 'read only access prevents' \
    in_ns timeout 60 virsh -q -r -c "qemu+tcp://127.0.0.1:16509/system" secret-get-value "$secret"
encrypted() { # that of the secret; where CPU time is told in large steps, the tool needs several attempts
    local i
    printf s3cret >"$lab_dir/word"
    for ((i = 0; i < 50; i++)); do
        qemu-img create -q -f luks --object "secret,id=k,file=$lab_dir/word" -o key-secret=k,iter-time=10 \
            "$lab_dir/encrypted.img" 4M && break
    done
    rm "$lab_dir/word"
    q define /dev/stdin <<XML
<domain type='qemu'><name>encrypted</name><memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <disk type='file'>
      <driver name='qemu' type='raw'/><source file='$lab_dir/encrypted.img'/><target dev='vda' bus='virtio'/>
      <encryption format='luks'><secret type='passphrase' uuid='$secret'/></encryption>
    </disk>
  </devices>
</domain>
XML
}
check "a machine with an encrypted disk" encrypted
check "starts by its secret" q start encrypted
check "which sees the disk without its head" grep -qE '^Capacity: +4194304$' <(q domblkinfo encrypted vda)
check "the secret is in the folder of secrets alone" eval '! grep -rl s3cret "$home" "$lab_dir"/*.img'
check "the machine ends" q destroy encrypted
check "secret-undefine" q secret-undefine "$secret"
check_fails "without it the machine does not start" 1 "no secret with matching uuid '$secret'" q start encrypted
check "it is undefined" q undefine encrypted
check "and its files are gone" eval '[[ -z $(ls "$home/secrets") ]]'

unix="test+unix:///default?socket=$home/run/libvirt-sock"
auth() { # USER PASSWORD
    printf '%s\n' '[credentials-e2e]' "authname=$1" "password=$2" '[auth-libvirt-localhost]' 'credentials=e2e' \
        >"$lab_dir/auth.conf"
}
p() { LC_ALL=C in_ns timeout 60 virsh -q -c "$unix&authfile=$lab_dir/auth.conf" "$@"; }
check "client-password" eval 'echo s3cret | virt client-password anna --file -'
o() { virt -c "$unix&authfile=$lab_dir/auth.conf" "$@"; }
auth anna wrong
check_fails "SASL: our own client with a wrong password" 1 'the password is wrong' o list
auth anna s3cret
check "SASL: our own client with the password" grep -qE '^ 1 +test +running' <(o list)
if compgen -G "/usr/lib/*/sasl2/libscram.so*" >/dev/null; then
    auth anna s3cret
    check "SASL: virsh with the password" grep -qE '^ 1 +test +running' <(p list)
    auth anna wrong
    check_fails "SASL: a wrong password" 1 'authentication failed' p list
    auth nobody s3cret
    check_fails "SASL: an unknown user" 1 'authentication failed' p list
    check "SASL: a password is taken away" virt client-password anna --remove
    auth anna s3cret
    check_fails "SASL: and is no good then" 1 'authentication failed' p list
else
    echo "skip SASL - needs libscram.so (libsasl2-modules)"
fi
check_fails "SASL: nobody without a password" 1 'authentication' in_ns timeout 60 virsh -q -c "$unix" list </dev/null
check "looking needs no password" in_ns timeout 60 virsh -q -c "test+unix:///default?socket=$home/run/libvirt-sock-ro" list

java_client() {
    local jar
    cd "$lab_dir" || return 1
    for jar in org.libvirt:libvirt:0.5.3 net.java.dev.jna:jna:5.19.1; do
        mvn -o -q dependency:copy -Dartifact=$jar -DoutputDirectory="$lab_dir/jars" ||
            mvn -q dependency:copy -Dartifact=$jar -DoutputDirectory="$lab_dir/jars" || return 1
    done >"$lab_dir/jars.log" 2>&1
}
if ! compgen -G '/usr/lib/*/libvirt.so.0' >/dev/null; then
    echo "skip libvirt-java - needs libvirt0"
elif ! (java_client); then
    echo "skip libvirt-java - org.libvirt:libvirt is not to be had: $(tail -n 1 "$lab_dir/jars.log")"
else
    LC_ALL=C in_ns timeout 120 java -cp "$lab_dir/jars/*" "$root/test/e2e/java/LibvirtJava.java" "$tcp" 2>"$lab_dir/java.err" |
        tee "$lab_dir/java.out"
    java_ended() { grep -q '^ok libvirt-java: close' "$lab_dir/java.out"; }
    check "libvirt-java comes to its end" java_ended || tail -n 5 "$lab_dir/java.err" >&2
    ! grep -q '^not ok' "$lab_dir/java.out" || failures=$((failures + 1))
fi
