package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.DeviceVerbs;
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

/** Verbs that a guest takes part in: a Linux whose agent is a few lines of shell. */
class QemuGuestVerbsTest extends QemuFixture {
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(2);
  private static final int BOOT_SECONDS = 120;
  private static final long POLL_NANOS = 200_000_000;
  private static final String AGENT =
      """
      for p in /sys/class/virtio-ports/*; do
      [ "$(cat $p/name)" = org.qemu.guest_agent.0 ] && d=/dev/${p##*/}
      done
      exec 3<>$d
      r() { printf '{"return":%s}\\n' "$1" >&3; }
      while :; do
      read -r l <&3 || { usleep 100000; continue; }
      i=${l##*\\"id\\":}; i=${i%%\\}*}
      case $l in
      *sync-delimited*) printf '\\377' >&3; r $i;;
      *get-host-name*) r '{"host-name":"guest"}';;
      *get-time*) r $(date +%s)000000000;;
      *fsfreeze*) r 2;;
      *get-osinfo*) r "{\\"cards\\":$(ls /sys/bus/pci/devices | wc -l)}";;
      *guest-shutdown*) poweroff -f;;
      *) echo '{"error":{"class":"CommandNotFound","desc":"not found"}}' >&3;;
      esac; done &
      """;

  private Path guest;

  @BeforeEach
  void boot() throws Exception {
    Path build = Path.of(System.getProperty("virt.checkout", "../.."), "test/guest/build");
    Result result = Command.of(build.toString()).withLimit(BUILD_LIMIT).run();
    assumeTrue(result.ok(), "needs the test guest (test/guest/build): " + result.reason());
    guest = Path.of(result.out().strip());
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
          </devices>
        </domain>
        """
            .formatted(uuid, guest, guest, script));
    connection.start(id);
    await("the agent answers", () -> agent().hostname().equals("guest"));
  }

  private <F> F verbs(Class<F> type) {
    return ((Facets) connection).facet(type, id).orElseThrow();
  }

  private AgentVerbs agent() {
    return verbs(AgentVerbs.class);
  }

  /** Something of a guest that may not answer yet. */
  private interface Condition {
    boolean holds() throws VirtException;
  }

  private static void await(String what, Condition condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOOT_SECONDS);
    VirtException last = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (VirtException e) {
        last = e;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    throw new AssertionError("not in time: " + what, last);
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
    assertEquals(2, agent().fsFreeze(List.of()));
    assertEquals(2, agent().fsThaw(List.of()));
    assertTrue(agent().time().seconds() > 0);

    verbs(MemoryVerbs.class).setMemory(128 << 10, Affects.LIVE);
    await("the balloon is full", () -> actual() == 128 << 10);

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
    await("the guest sees both", () -> cards() == before + 2);
    devices.detachDevice(disk, Affects.LIVE);
    devices.detachDevice(nic, Affects.LIVE);
    await("the guest has let both go", () -> cards() == before);
    await("nothing is left", () -> !connection.xml(id, XmlView.LIVE).matches("(?s).*(vda|:09').*"));

    String file = home.resolve("guest.save").toString();
    verbs(SaveVerbs.class).save(file, Optional.empty(), Set.of());
    assertFalse(hasProcess());
    ((Facets) connection)
        .facet(SavedImages.class)
        .orElseThrow()
        .restore(file, Optional.empty(), Set.of());
    await("it goes on", () -> agent().hostname().equals("guest"));
    assertEquals(128 << 10, actual());

    verbs(SaveVerbs.class).managedSave(Set.of());
    connection.start(id);
    await("it goes on again", () -> agent().hostname().equals("guest"));
    assertEquals(Reason.RESTORED, connection.summary(id).status().reason());

    verbs(LifeVerbs.class).shutdown(Set.of(ShutdownMode.AGENT));
    await("it is off", () -> connection.summary(id).status().reason() == Reason.SHUT_DOWN);
  }
}
