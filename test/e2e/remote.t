#!/usr/bin/env bash
# libvirt's own clients over its wire protocol: virsh and the Python bindings. Machines in memory; no root needed.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

command -v virsh >/dev/null || {
    echo "skip remote.t - needs virsh (libvirt-clients)"
    exit 0
}
lab_dir=$(mktemp -d -t virt-remote.XXXXXX)
home=$lab_dir/home
cleanup() {
    [[ -z $daemon ]] || { kill -TERM "$daemon" 2>/dev/null && lab_await 10 runtime_gone; }
    rm -rf "$lab_dir"
    exit $((failures > 0))
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

uri="test+unix:///default?socket=$home/run/libvirt-sock"
read_only="test+unix:///default?socket=$home/run/libvirt-sock-ro"
s() { LC_ALL=C timeout 60 virsh -q -c "$uri" "$@"; }
r() { LC_ALL=C timeout 60 virsh -q -c "$read_only" "$@"; }

: >"$lab_dir/daemon.log"
"$root/run/virt" --home "$home" --no-install daemon >"$lab_dir/daemon.log" 2>&1 </dev/null &
daemon=$!
must "the runtime gets ready" lab_await 60 grep -q '^virt: ready in' "$lab_dir/daemon.log"
must "both sockets are there" test -S "$home/run/libvirt-sock" -a -S "$home/run/libvirt-sock-ro"
check "libvirt-sock is its owner's alone" test "$(stat -c %a "$home/run/libvirt-sock")" = 600
check "libvirt-sock-ro is for all" test "$(stat -c %a "$home/run/libvirt-sock-ro")" = 666

check "list --all shows the machine in memory" grep -qE '^ 1 +test +running' <(s list --all)
check "version" grep -q 'Running hypervisor: TEST' <(s version)
check "nodeinfo" grep -qE '^CPU model: +i686' <(s nodeinfo)
check "capabilities" grep -q "<domain type='test'" <(s capabilities)
check "suspend" s suspend test
check "domstate with its reason" grep -qx 'paused (user)' <(s domstate --reason test)
check "resume" s resume test
check "dominfo" grep -qE '^Max memory: +8388608 KiB' <(s dominfo test)
check "dumpxml" grep -q "<domain type='test' id='1'>" <(s dumpxml test)
check "dumpxml --inactive has no number" grep -q "<domain type='test'>" <(s dumpxml --inactive test)
check "destroy" s destroy test
check "list --inactive" grep -qE '^ - +test +shut off' <(s list --inactive)
check "start" s start test
check "autostart" s autostart test
check "list --autostart" grep -q test <(s list --autostart)
s dumpxml --inactive test | sed 's/<name>test/<name>other/; /<uuid>/d; /<mac /d' >"$lab_dir/other.xml"
check "define" s define "$lab_dir/other.xml"
check "domuuid and lookup by UUID" grep -qx other <(s domname "$(s domuuid other)")
check "undefine" s undefine other
check "create" s create "$lab_dir/other.xml"
check "list --transient" grep -qw other <(s list --transient)
check "destroy leaves nothing" eval 's destroy other && ! s list --all | grep -qw other'
printf "<domain type='test'><name>locked</name><memory>1024</memory><os><type>hvm</type></os>
    <devices><graphics type='vnc' passwd='secret'/></devices></domain>" >"$lab_dir/locked.xml"
s define "$lab_dir/locked.xml" >/dev/null
edit() { EDITOR="sed -i 's,</name>,&<title>changed</title>,'" s edit locked; }
check "edit" edit
check "which keeps a password" grep -q "passwd='secret'" <(s dumpxml --security-info locked)
check "that is told to nobody who does not ask" eval 's dumpxml locked | grep -q changed && ! s dumpxml locked | grep secret'
check_fails "nor to those who may only look" 1 'denied|read only|read.secure' r dumpxml --security-info locked
s undefine locked >/dev/null
check_fails "a machine that is not there" 1 "failed to get domain 'nobody'" s domstate nobody
check_fails "libvirt's words for a wrong state" 1 'Requested operation is not valid' s resume test
check_fails "bad XML is refused" 1 'error: ' s define /dev/null
check_fails "a URI that no driver serves" 1 'nosuch' \
    timeout 60 virsh -c "nosuch+unix:///x?socket=$home/run/libvirt-sock" list

check "nwfilter-list" grep -q clean-traffic <(s nwfilter-list)
check "nwfilter-dumpxml" grep -q "<filter name='no-ip-spoofing'" <(s nwfilter-dumpxml no-ip-spoofing)
echo "<filter name='remote-test' chain='ipv4'><rule action='accept' direction='in'/></filter>" >"$lab_dir/filter.xml"
check "nwfilter-define" s nwfilter-define "$lab_dir/filter.xml"
check "nwfilter-undefine" s nwfilter-undefine remote-test
check "nwfilter-binding-list" s nwfilter-binding-list
check "what there is none of is an empty list" eval \
    '[[ -z $(s iface-list --all; s nodedev-list; s secret-list) ]]'
check "net-list" grep -qE '^ default +active' <(s net-list --all)
check "net-dumpxml" grep -q '<name>default</name>' <(s net-dumpxml default)
check "net-update" s net-update default add ip-dhcp-host "<host mac='52:54:00:00:00:07' ip='192.168.122.7'/>" --live
check "net-update of the run" grep -q 52:54:00:00:00:07 <(s net-dumpxml default)
check "net-update leaves the definition" test -z "$(s net-dumpxml --inactive default | grep 52:54:00:00:00:07)"
check "pool-list" s pool-list --all
check_fails "a network that is not there" 1 "Network not found" s net-dumpxml nobody

check "read-only: list" grep -qw test <(r list --all)
check_fails "read-only: no start" 1 'read only access prevents virDomainSuspend' r suspend test
check_fails "virsh -r is read-only, too" 1 'read only access prevents' \
    timeout 60 virsh -r -c "$uri" suspend test

events() {
    LC_ALL=C timeout 60 virsh -q -c "$uri" event --domain test --event lifecycle --loop --timeout 20 >"$lab_dir/events" 2>&1 &
    local listener=$!
    lab_await 10 eval 's suspend test; s resume test; grep -q Resumed "$lab_dir/events"'
    local rc=$?
    kill "$listener" 2>/dev/null
    return $rc
}
check "events are told" events

if /usr/bin/python3 -c 'import libvirt' 2>/dev/null; then
    cat >"$lab_dir/client.py" <<'PYTHON'
import sys, threading
import libvirt
libvirt.registerErrorHandler(lambda context, error: None, None)
conn = libvirt.open(sys.argv[1])
assert conn.getType() == "TEST" and conn.isAlive() and conn.getLibVersion() == 9000000
domain = conn.lookupByName("test")
assert domain.info()[0] == libvirt.VIR_DOMAIN_RUNNING and domain.UUIDString() in domain.XMLDesc()
assert [d.name() for d in conn.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)] == ["test"]
assert conn.listDomainsID() == [domain.ID()] and conn.listDefinedDomains() == []
try:
    conn.lookupByName("nobody")
    raise SystemExit("found nobody")
except libvirt.libvirtError as e:
    assert e.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN, e.get_error_code()
    assert e.get_error_message() == "Domain not found: no domain with matching name 'nobody'", e
failures = []
def many():
    try:
        for _ in range(20):
            domain.XMLDesc(); domain.state()
    except libvirt.libvirtError as e:
        failures.append(e)
threads = [threading.Thread(target=many) for _ in range(10)]
[t.start() for t in threads]
[t.join() for t in threads]
assert not failures, failures
conn.close()
PYTHON
    check "libvirt-python, ten threads on one connection" timeout 60 /usr/bin/python3 "$lab_dir/client.py" "$uri"
else
    echo "skip libvirt-python - needs python3-libvirt"
fi

if perl -MSys::Virt -e 1 2>/dev/null; then
    cat >"$lab_dir/client.pl" <<'PERL'
use strict; use warnings;
use Sys::Virt; use Sys::Virt::Error;
sub must { my ($what, $holds) = @_; die "$what is otherwise\n" unless $holds }
my $c = Sys::Virt->new(uri => $ARGV[0]);
must("type", $c->get_type() eq "TEST");
must("numbers", $c->num_of_domains() == 1 && $c->num_of_defined_domains() == 0);
my $uuid = "0c3d8f60-1b5e-4f77-9d3a-7a2b6c1d4e5f";
my $d = $c->define_domain("<domain type='test'><name>perl</name><uuid>$uuid</uuid><memory>65536</memory><os><type>hvm</type></os></domain>");
must("defined", !$d->is_active() && $d->is_persistent() && $d->get_uuid_string() eq $uuid);
must("listed", (grep { $_->get_name() eq "perl" } $c->list_all_domains()) == 1);
$d->create();
must("running", $d->get_state() == Sys::Virt::Domain::STATE_RUNNING && $d->get_id() > 0);
must("found by number", $c->get_domain_by_id($d->get_id())->get_name() eq "perl");
$d->suspend(); must("paused", ($d->get_state())[0] == Sys::Virt::Domain::STATE_PAUSED);
$d->resume();
$d->set_autostart(1); must("autostart", $d->get_autostart());
$d->set_metadata(Sys::Virt::Domain::METADATA_TITLE, "Perl");
must("title", $d->get_metadata(Sys::Virt::Domain::METADATA_TITLE) eq "Perl");
must("XML", $d->get_xml_description() =~ /<title>Perl</);
my $s = $d->create_snapshot("<domainsnapshot><name>s</name></domainsnapshot>");
must("snapshot", $d->num_of_snapshots() == 1 && $d->current_snapshot()->get_name() eq "s");
$s->delete();
$d->destroy(); $d->undefine();
eval { $c->get_domain_by_name("perl") };
must("an error by its number", ref $@ && $@->code == Sys::Virt::Error::ERR_NO_DOMAIN);
my $n = $c->get_network_by_name("default");
must("network", $n->is_active() && $n->get_xml_description() =~ /<network/);
must("filter", $c->get_nwfilter_by_name("clean-traffic")->get_xml_description() =~ /filterref/);
my $p = $c->create_storage_pool("<pool type='dir'><name>perl</name><target><path>/perl</path></target></pool>");
my $v = $p->create_volume("<volume><name>v</name><capacity>1048576</capacity></volume>");
must("volume", $v->get_info()->{capacity} == 1048576 && $c->get_storage_volume_by_path($v->get_path())->get_name() eq "v");
$v->delete(0); $p->destroy();
PERL
    check "Sys::Virt: host, life of a machine, snapshot, network, filter, volume" timeout 60 perl "$lab_dir/client.pl" "$uri"
else
    echo "skip Sys::Virt - needs libsys-virt-perl"
fi
