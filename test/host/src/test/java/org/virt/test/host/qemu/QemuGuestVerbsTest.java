package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.AgentVerbs.GuestInterface;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BlockJobVerbs.AbortFlag;
import org.virt.api.domain.BlockJobVerbs.Commit;
import org.virt.api.domain.BlockJobVerbs.CommitFlag;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DomainNotice.AgentLifecycle;
import org.virt.api.domain.DomainNotice.BalloonChange;
import org.virt.api.domain.DomainNotice.BlockJob.Status;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.ShutdownMode;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MemoryVerbs.Tag;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SavedImages;
import org.virt.api.domain.VcpuVerbs;
import org.virt.common.process.Command;
import org.virt.common.process.Result;
import org.virt.spi.driver.Facets;
import org.virt.test.host.lab.Lab;

/** Verbs that a guest takes part in: a Linux whose agent is a few lines of shell. */
class QemuGuestVerbsTest extends QemuFixture {
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(2);
  private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);
  private static final String AGENT =
      """
      for p in /sys/class/virtio-ports/*; do
      [ "$(cat $p/name)" = org.qemu.guest_agent.0 ] && d=/dev/${p##*/}
      done
      exec 3<>$d
      r() { printf '{"return":%s}\\n' "$1" >&3; }
      n() { v=${l##*\\"$1\\":}; v=${v%%[,\\}]*}; }
      while :; do
      read -r l <&3 || { usleep 100000; continue; }
      i=${l##*\\"id\\":}; i=${i%%\\}*}
      case $l in
      *sync-delimited*) printf '\\377' >&3; r $i;;
      *get-host-name*) r '{"host-name":"guest"}';;
      *get-time*) r $(date +%s)000000000;;
      *freeze-list*/data\\"]*) r 1;;
      *fsfreeze*) r 2;;
      *network-get-interfaces*) r '[{"name":"lo","ip-addresses":[]},\
      {"name":"eth0","hardware-address":"52:54:00:00:00:09","ip-addresses":[\
      {"ip-address-type":"ipv4","ip-address":"192.0.2.7","prefix":24},\
      {"ip-address-type":"ipv6","ip-address":"2001:db8::7","prefix":64}]}]';;
      *test-write*) n at; t=${l##*text\\":\\"}; printf %s "${t%%\\"*}" |
      dd of=/dev/vda bs=4096 seek=$v conv=notrunc; sync; r 1;;
      *test-read*) n at; echo 3 >/proc/sys/vm/drop_caches
      r "\\"$(dd if=/dev/vda bs=4096 skip=$v count=1 | tr -d '\\0')\\"";;
      *test-cards*) n n; while [ $(ls /sys/bus/pci/devices | wc -l) != $v ]; do usleep 20000; done; r 1;;
      *get-osinfo*) r "{\\"cards\\":$(ls /sys/bus/pci/devices | wc -l)}";;
      *guest-shutdown*) poweroff -f;;
      *) echo '{"error":{"class":"CommandNotFound","desc":"not found"}}' >&3;;
      esac; done &
      """;

  private Path guest;

  @BeforeEach
  void findGuest() throws Exception {
    Path build = Path.of(System.getProperty("virt.checkout", "../.."), "test/guest/build");
    Result result = Command.of(build.toString()).withLimit(BUILD_LIMIT).run();
    assumeTrue(result.ok(), "needs the test guest (test/guest/build): " + result.reason());
    guest = Path.of(result.out().strip());
  }

  /** Starts the guest and waits until its agent answers. */
  private void boot(String devices) throws Exception {
    String script = Base64.getEncoder().encodeToString(AGENT.getBytes(StandardCharsets.UTF_8));
    connection.define(
        """
        <domain type='qemu'>
          <name>guest</name>
          <uuid>%s</uuid>
          <memory unit='MiB'>192</memory>
          <vcpu current='1'>2</vcpu>
          <os>
            <type arch='x86_64' machine='pc'>hvm</type>
            <kernel>%s/vmlinuz</kernel>
            <initrd>%s/initramfs.gz</initrd>
            <cmdline>console=ttyS0 quiet panic=-1 virt.net=none virt.script=%s</cmdline>
          </os>
          <features><acpi/></features>
          <devices>
            <serial type='pty'/>
            <channel type='unix'>
              <target type='virtio' name='org.qemu.guest_agent.0'/>
            </channel>
            <memballoon model='virtio'/>
            %s
          </devices>
        </domain>
        """
            .formatted(uuid, guest, guest, script, devices));
    connection.start(id);
    await(
        "the agent is there",
        BOOT_LIMIT,
        told ->
            told instanceof AgentLifecycle agent
                && agent.state() == AgentLifecycle.State.CONNECTED);
    assertEquals("guest", agent().hostname());
  }

  private AgentVerbs agent() {
    return verbs(AgentVerbs.class);
  }

  /** Gives the guest's script a command of its own and returns the answer. */
  private String script(String command, String arguments) throws VirtException {
    String answer =
        verbs(QemuVerbs.class)
            .agentCommand(
                "{\"execute\":\"test-%s\",\"arguments\":{%s}}".formatted(command, arguments),
                BOOT_LIMIT);
    return first(answer, "\"return\":\"?([^\"}]*)");
  }

  private void write(int block, String text) throws VirtException {
    script("write", "\"at\":%d,\"text\":\"%s\"".formatted(block, text));
  }

  private String read(int block) throws VirtException {
    return script("read", "\"at\":" + block);
  }

  private int cards() throws VirtException {
    String answer =
        verbs(QemuVerbs.class)
            .agentCommand("{\"execute\":\"guest-get-osinfo\"}", Duration.ofSeconds(10));
    return Integer.parseInt(first(answer, "\"cards\":([0-9]+)"));
  }

  private long actual() throws VirtException {
    return verbs(MemoryVerbs.class).memoryStats().stream()
        .filter(stat -> stat.tag() == Tag.ACTUAL)
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void takesPartInEachVerb() throws Exception {
    boot("");
    assertEquals(2, agent().fsFreeze(List.of()));
    assertEquals(2, agent().fsThaw(List.of()));
    assertEquals(1, agent().fsFreeze(List.of("/data")));
    assertEquals(2, agent().fsThaw(List.of()));
    assertTrue(agent().time().seconds() > 0);
    assertEquals(
        List.of(
            new GuestInterface("lo", "", List.of()),
            new GuestInterface(
                "eth0", "52:54:00:00:00:09", List.of("192.0.2.7/24", "2001:db8::7/64"))),
        agent().interfaceAddresses());

    verbs(MemoryVerbs.class).setMemory(128 << 10, Affects.LIVE);
    await(
        "the balloon is full",
        BOOT_LIMIT,
        told -> told instanceof BalloonChange change && change.kib() == 128 << 10);
    assertEquals(128 << 10, actual());

    verbs(VcpuVerbs.class).setVcpus(2, Affects.LIVE, Set.of());
    assertEquals(2, verbs(VcpuVerbs.class).vcpus().size());

    Path image = home.resolve("disk");
    Command.of("qemu-img", "create", "-q", "-f", "raw", image.toString(), "4M")
        .withLimit(LIMIT)
        .run();
    String disk =
        "<disk type='file'><driver name='qemu' type='raw'/><source file='%s'/>".formatted(image)
            + "<target dev='vda' bus='virtio'/></disk>";
    String nic =
        "<interface type='user'><mac address='52:54:00:00:00:09'/><model type='virtio'/></interface>";
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    int before = cards();
    devices.attachDevice(disk, Affects.LIVE);
    devices.attachDevice(nic, Affects.LIVE);
    script("cards", "\"n\":" + (before + 2));
    devices.detachDevice(disk, Affects.LIVE);
    devices.detachDevice(nic, Affects.LIVE);
    script("cards", "\"n\":" + before);
    Lab.await("nothing is left", () -> !xml().matches("(?s).*(vda|:09').*"));

    String file = home.resolve("guest.save").toString();
    verbs(SaveVerbs.class).save(file, Optional.empty(), Set.of());
    assertFalse(hasProcess());
    ((Facets) connection)
        .facet(SavedImages.class)
        .orElseThrow()
        .restore(file, Optional.empty(), Set.of());
    assertEquals("guest", agent().hostname());
    assertEquals(128 << 10, actual());

    verbs(SaveVerbs.class).managedSave(Set.of());
    connection.start(id);
    assertEquals("guest", agent().hostname());
    assertEquals(Reason.RESTORED, connection.summary(id).status().reason());

    verbs(LifeVerbs.class).shutdown(Set.of(ShutdownMode.AGENT));
    events.await(
        id,
        List.of(
            Kind.DEFINED_ADDED,
            Kind.STARTED_BOOTED,
            Kind.SUSPENDED_PAUSED,
            Kind.STOPPED_SAVED,
            Kind.STARTED_RESTORED,
            Kind.SUSPENDED_PAUSED,
            Kind.STOPPED_SAVED,
            Kind.STARTED_RESTORED,
            Kind.STOPPED_SHUTDOWN));
  }

  private String xml() {
    try {
      return live();
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void commitsWhileTheGuestWrites() throws Exception {
    Path base = image("base.qcow2", "qcow2");
    Path middle = overlay("middle.qcow2", base);
    Path top = overlay("top.qcow2", middle);
    boot(disk(top, "vda", "virtio"));
    write(1, "one");
    BlockJobVerbs jobs = verbs(BlockJobVerbs.class);
    jobs.blockCommit("vda", new Commit(base.toString(), middle.toString(), 0), Set.of());
    awaitJob(Status.COMPLETED);
    assertEquals("one", read(1));
    String chain = monitor("info block -v");
    assertFalse(chain.contains(middle.toString()), chain);

    fails(ErrorCode.INVALID_ARG, () -> jobs.blockCommit("vda", new Commit("", "", 0), Set.of()));
    jobs.blockCommit("vda", new Commit("", "", 0), Set.of(CommitFlag.ACTIVE));
    awaitJob(Status.READY);
    write(2, "two");
    jobs.blockJobAbort("vda", Set.of(AbortFlag.PIVOT));
    assertTrue(live().contains(base.toString()), live());
    assertTrue(kept().contains(base.toString()), "the next start has all that was written");
    write(3, "three");
    assertEquals("one", read(1));
    assertEquals("two", read(2));
    assertEquals("three", read(3));
    connection.destroy(id);
    Path raw = home.resolve("raw");
    Command.of("qemu-img", "convert", "-O", "raw", base.toString(), raw.toString())
        .withLimit(LIMIT)
        .require();
    byte[] content = Files.readAllBytes(raw);
    assertEquals("one", new String(content, 4096, 3, StandardCharsets.US_ASCII));
    assertEquals("two", new String(content, 2 * 4096, 3, StandardCharsets.US_ASCII));
    assertEquals("three", new String(content, 3 * 4096, 5, StandardCharsets.US_ASCII));
  }
}
