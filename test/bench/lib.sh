# shellcheck shell=bash
# What the programs of this folder share: two systems, a network, a clock. Source it with $root, $dir and $peer set.
# shellcheck disable=SC2154

home='' daemon='' libvirtd='' began=0 failed=0 ns='' enter=()

# The clock is read without a process, which would be part of what is measured.
begin() { began=${EPOCHREALTIME/[.,]/}; }
note() { # NAME: keeps the time since begin, to be summed up by "median NAME"
    local us=$((${EPOCHREALTIME/[.,]/} - began))
    echo "$((us / 1000)).$(printf %03d $((us % 1000)))" >>"$dir/times.$1"
}
percentile() { # P DIGITS, of the numbers in standard input; nothing of none
    sort -n | awk -v p="$1" -v d="$2" '{ v[NR] = $1 } END { if (NR) printf "%.*f", d, v[int((NR - 1) * p / 100 + 0.5) + 1] }'
}
median() { [[ ! -s $dir/times.$1 ]] || percentile 50 1 <"$dir/times.$1"; }
minus() { awk 'BEGIN { if (ARGV[1] != "") { for (i = 2; i < ARGC; i++) ARGV[1] -= ARGV[i]; printf "%.1f", ARGV[1] } }' "$@"; }
row() { # LABEL OURS THEIRS LIMIT [UNIT]: a figure that is not there is a dash
    printf '%-58s %14s %14s   %s\n' "$1" "${2:+$2${5:+ $5}}" "$([[ $3 ]] && echo "$3${5:+ $5}" || echo -)" "$4"
}
rss() { awk '/VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$1/status"; }

complain() { echo "error: $1" >&2; failed=1; }

# --- the two systems ------------------------------------------------------------------------------------------------

virt() { ip netns exec "$ns" "$root/run/virt" --home "$home" --no-autostart "$@"; }
virsh_() { nsenter -t "$libvirtd" -m -n -r virsh -q -c qemu:///system "$@"; }

start_virt() {
    home=$dir/home
    mkfifo "$dir/out"
    "${enter[@]}" "$root/run/virt" --home "$home" --no-install daemon >"$dir/out" 2>"$dir/virt.err" &
    daemon=$!
    local line
    while read -r -t 30 line; do [[ $line == 'virt: ready'* ]] && break; done <>"$dir/out"
    rm "$dir/out"
}

end_virt() { # leaves its home
    [[ -n $daemon ]] || return 0
    kill "$daemon" 2>/dev/null
    wait "$daemon" 2>/dev/null
    daemon=
}

stop_virt() {
    end_virt
    rm -rf "$home"
}

start_libvirt() {
    # Where KVM is there for QEMU and not for libvirtd, it takes what it knows of QEMU for outdated, and asks it again for
    # each machine that it defines or starts. The machines here need none.
    mkdir -p "$dir"/lv/{run,lib,log} && chmod 755 "$dir" "$dir"/lv{,/run,/lib,/log}
    [[ -d $dir/lv/etc ]] || cp -r /etc/libvirt "$dir/lv/etc"
    "${enter[@]}" unshare -m --propagation private bash -c "
        mkdir -p /run/libvirt && mount --bind $dir/lv/run /run/libvirt && mount --bind $dir/lv/lib /var/lib/libvirt &&
        mount --bind $dir/lv/log /var/log/libvirt && rm -rf $dir/lv/etc/qemu/networks/autostart &&
        mkdir -p $dir/lv/etc/qemu/autostart &&
        { [[ ! -e /dev/kvm ]] || mount --bind /dev/null /dev/kvm; } &&
        echo 'stdio_handler = \"file\"' >>$dir/lv/etc/qemu.conf && mount --bind $dir/lv/etc /etc/libvirt &&
        exec $root/test/bench/reaper libvirtd -p $dir/lv/pid" \
        >"$dir/lv/out" 2>&1 &
    libvirtd=$!
    until virsh_ nwfilter-list >/dev/null 2>&1; do
        kill -0 "$libvirtd" 2>/dev/null && continue
        complain "libvirtd does not start, its column stays empty: $(tail -n 1 "$dir/lv/out")"
        peer=0 libvirtd=
        return 1
    done
}

end_libvirt() { # leaves its folders
    [[ -n $libvirtd ]] || return 0
    kill "$libvirtd" 2>/dev/null
    wait "$libvirtd" 2>/dev/null
    libvirtd=
}

stop_libvirt() {
    end_libvirt
    rm -rf "$dir/lv"
}

# --- the network ----------------------------------------------------------------------------------------------------

open_net() { # PORTS; what runs in it is begun by "${enter[@]}", where /sys is the network's
    ns=vb$$
    enter=(ip netns exec "$ns")
    ip netns add "$ns" && ip netns add "$ns-g" && ip netns add "$ns-u" || return 1
    # The kernel's own IPv6 traffic of a thousand interfaces would be measured, too.
    for n in "$ns" "$ns-g" "$ns-u"; do
        ip netns exec "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    done
    {
        echo "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0"
        echo "link add up0 type veth peer name u0 netns $ns-u"
        echo "link set up0 master br0 up"
        for ((n = 0; n < $1; n++)); do
            echo "link add vnet$n type veth peer name e$n netns $ns-g"
            echo "link set vnet$n master br0 up"
        done
        echo "link set br0 up"
    } | ip -n "$ns" -batch -
    ip -n "$ns-u" link set u0 up
    for ((n = 0; n < $1; n++)); do echo "link set e$n up"; done | ip -n "$ns-g" -batch -
}

close_net() { for n in "$ns" "$ns-g" "$ns-u"; do ip netns del "$n" 2>/dev/null; done; }

binding() { # N [IP]
    local ip=''
    [[ -z ${2:-} ]] || ip="<parameter name='IP' value='$2'/>"
    printf "<filterbinding><owner><name>b%d</name><uuid>%08x-0000-4000-8000-000000000000</uuid></owner><portdev name='vnet%d'/><mac address='52:54:00:00:%02x:%02x'/><filterref filter='clean-traffic'>%s</filterref></filterbinding>\n" \
        "$1" "$1" "$1" $(($1 >> 8)) $(($1 & 255)) "$ip" >"$dir/b$1.xml"
    echo "nwfilter-binding-create $dir/b$1.xml"
}

# --- the end --------------------------------------------------------------------------------------------------------

clean_up() {
    trap '' INT TERM
    stop_virt
    stop_libvirt
    [[ -z ${ns:-} ]] || close_net
    rm -rf "$dir"
}
