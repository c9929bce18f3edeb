# shellcheck shell=bash
# Builds the distribution when there is none or sources are newer, and finds the Java to run it. Source this file.
# Needs $run, $dist and $client_flags, sets $java.

# shellcheck source=packages.sh
. "$run/lib/packages.sh"

# Prints the first java of version 17 or newer; with "jdk" one that has a compiler beside it.
find_java() {
    local candidate version
    for candidate in "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java)" \
        /usr/lib/jvm/default-java/bin/java /usr/lib/jvm/java-*/bin/java; do
        [[ -x $candidate ]] || continue
        candidate=$(readlink -f "$candidate")
        [[ ${1-} != jdk || -x ${candidate%java}javac ]] || continue
        version=$("$candidate" -XshowSettings:properties -version 2>&1 |
            sed -n 's/^ *java\.specification\.version = //p')
        if [[ $version =~ ^[0-9]+$ ]] && ((version >= 17)); then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# Says whether the distribution lacks something that the sources have.
stale() {
    local newest='' file root=$run/..
    for file in "$dist"/bundles/org.virt.*.jar "$dist"/lib/org.virt.launcher-*.jar; do
        [[ -z $newest || $file -nt $newest ]] && newest=$file
    done
    [[ -e $newest && -e $(compgen -G "$dist/lib/org.virt.launcher-*.jar") ]] || return 0
    [[ -n $(find "$root"/pom.xml "$root"/bnd.bnd "$root"/org.virt.* "$root"/bundles "$run/pom.xml" "$run/src" \
        \( -name target -o -path '*/src/test' -o -name '*.md' \) -prune -o -type f -newer "$newest" -print -quit) ]]
}

# Says whether java was looked for, and classes were archived, for the jars that are there.
finished() {
    local shell=("$dist"/bundles/org.virt.shell-*.jar) launcher=("$dist"/lib/org.virt.launcher-*.jar)
    [[ $dist/built -nt ${shell[0]} && $dist/built -nt ${launcher[0]} ]] && read -r java <"$dist/built" && [[ -x $java ]]
}

# Runs a long job with its output in a file; a line says every few seconds that it goes on.
with_progress() {
    local what=$1 log=$2 seconds=0 pid
    shift 2
    printf '%s ...\n' "$what" >&2
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        ((++seconds % 10)) || printf '%s ... %d s: %s\n' "$what" "$seconds" \
            "$(sed -n 's/^\[INFO\] Building \(org[^ ]*\).*/\1/p' "$log" | tail -n 1)" >&2
    done
    wait "$pid"
}

compile() {
    local jdk maven missing=() log
    command -v mvn >/dev/null || missing+=(maven "builds the bundles")
    jdk=$(find_java jdk) || missing+=(openjdk-17-jdk-headless "compiles and runs them, JDK 17 or newer")
    if ((${#missing[@]})); then
        need "${missing[@]}" || exit 1
        jdk=$(find_java jdk) || fail 'no JDK 17 or newer was found'
    fi
    mkdir -p "$run/target"
    log=$run/target/build.log
    # Jars of a running runtime are left as they are: new ones get new files.
    rm -rf "$dist"
    maven=(mvn -B -f "$run/../pom.xml" -pl run -am -Dmaven.test.skip=true -Dspotless.check.skip=true package)
    JAVA_HOME=${jdk%/bin/java} with_progress 'Building org.virt' "$log" "${maven[@]}" || {
        sed -n 's/^\[ERROR\] \(..*\)/\1/p' "$log" | sed '/\[Help 1\]/q' | head -n 15 >&2
        fail "the build failed; see $log"
    }
}

# Keeps classes as the JVM wants them in memory: a third of the time of a command, a fifth of that of a start. Without
# these archives all works too. What they hold is found by a trial; that of the runtime goes without our own bundles,
# which would look after this host's machines and rules.
archive_classes() {
    local scratch jars=("$dist"/bundles/org.virt.shell-*.jar) launcher=("$dist"/lib/org.virt.launcher-*.jar) jar pid i
    scratch=$(mktemp -d) || return 0
    mkdir "$scratch/bundles" "$scratch/load"
    for jar in "$dist"/bundles/*.jar; do
        [[ $jar == */org.virt.* ]] || ln -s "$jar" "$scratch/bundles/"
    done
    {
        "$java" "${client_flags[@]}" -XX:DumpLoadedClassList="$scratch/client" -cp "${jars[0]}" \
            org.virt.shell.internal.client.Training "$scratch/socket" &&
            "$java" "${client_flags[@]}" -Xshare:dump -XX:SharedClassListFile="$scratch/client" \
                -XX:SharedArchiveFile="$dist/client.jsa" -cp "${jars[0]}"

        "$java" -XX:TieredStopAtLevel=1 -XX:DumpLoadedClassList="$scratch/daemon" -jar "${launcher[0]}" \
            --home "$scratch/home" --dist "$scratch" --etc "$run/etc" --load "$scratch/load" &
        pid=$!
        for ((i = 0; i < 300; i++)); do
            ! grep -q '^virt: ready' "$scratch/log" && kill -0 "$pid" && sleep 0.1 || break
        done
        kill "$pid" && wait "$pid"
        "$java" -XX:+UseSerialGC -Xshare:dump -XX:SharedClassListFile="$scratch/daemon" \
            -XX:SharedArchiveFile="$dist/daemon.jsa" -cp "${launcher[0]}"
    } >"$scratch/log" 2>&1
    rm -rf "$scratch"
}

build() {
    java=''
    ! stale && finished && return
    mkdir -p "$run/target"
    # Another one may be building: the lock ends with its process.
    exec {lock}>"$run/target/.lock"
    flock "$lock"
    ! stale || compile
    if finished; then
        exec {lock}>&-
        return
    fi
    java=$(find_java) || {
        need openjdk-17-jre-headless 'runs the bundles, Java 17 or newer' || exit 1
        java=$(find_java) || fail 'no Java 17 or newer was found'
    }
    with_progress 'Archiving classes' /dev/null archive_classes
    printf '%s\n' "$java" >"$dist/built"
    exec {lock}>&-
}

# What the drivers use of the host; without it the runtime runs too and says what is missing.
host_tools() {
    local missing=()
    PATH=$PATH:/usr/sbin:/sbin
    command -v qemu-system-x86_64 >/dev/null || missing+=(qemu-system-x86 'runs machines')
    command -v nft >/dev/null || missing+=(nftables 'filters their interfaces')
    command -v ip >/dev/null || missing+=(iproute2 'shows and makes interfaces')
    compgen -G '/usr/lib/*/libpcap.so.0.8' >/dev/null || missing+=(libpcap0.8 'learns their addresses')
    ((${#missing[@]} == 0)) || need "${missing[@]}" || true
}
