package org.virt.driver.test.internal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.TypedParameters;

/** The agent in one guest, as libvirt's test driver has it. */
record TestAgent(TestHost host, DomainId id) implements AgentVerbs {
  private static final List<FileSystem> FILE_SYSTEMS =
      List.of(
          new FileSystem("/", "vda1", "ext4", List.of("vda")),
          new FileSystem("/boot", "vda2", "ext4", List.of("vda")));

  private static boolean meant(List<String> mountpoints, FileSystem fs) {
    return mountpoints.isEmpty() || mountpoints.contains(fs.mountpoint());
  }

  private int frozen(String action, List<String> mountpoints, boolean state) throws VirtException {
    return host.onActive(
        action,
        id,
        machine -> {
          boolean changes = machine.frozen != state;
          machine.frozen = state;
          return changes
              ? (int) FILE_SYSTEMS.stream().filter(f -> meant(mountpoints, f)).count()
              : 0;
        });
  }

  @Override
  public int fsFreeze(List<String> mountpoints) throws VirtException {
    return frozen("freeze filesystems of", mountpoints, true);
  }

  @Override
  public int fsThaw(List<String> mountpoints) throws VirtException {
    return frozen("thaw filesystems of", mountpoints, false);
  }

  @Override
  public void fsTrim(Optional<String> mountpoint, long minimumBytes) throws VirtException {
    host.onActive("trim filesystems of", id, machine -> machine);
  }

  @Override
  public List<FileSystem> fsInfo() throws VirtException {
    return host.onActive("get filesystems of", id, machine -> FILE_SYSTEMS);
  }

  @Override
  public TypedParameters guestInfo(Set<InfoGroup> groups) throws VirtException {
    String name = hostname();
    boolean wanted = groups.isEmpty() || groups.contains(InfoGroup.HOSTNAME);
    TypedParameters.Builder out = TypedParameters.builder();
    return wanted ? out.string("hostname", name).build() : out.build();
  }

  @Override
  public String hostname() throws VirtException {
    return host.onActive("get the hostname of", id, machine -> machine.name + "host");
  }

  @Override
  public GuestTime time() throws VirtException {
    return host.onActive(
        "get the time of", id, machine -> new GuestTime(Instant.now().getEpochSecond(), 0));
  }

  @Override
  public void setTime(Optional<GuestTime> time) throws VirtException {
    host.onActive("set the time of", id, machine -> machine);
  }

  @Override
  public void setUserPassword(String user, String password, PasswordForm form)
      throws VirtException {
    host.onActive("set a password of", id, machine -> machine);
  }

  @Override
  public List<GuestInterface> interfaceAddresses() throws VirtException {
    return host.onActive(
        "get addresses of",
        id,
        machine ->
            machine.live.devices.interfaces.stream()
                .map(
                    net -> new GuestInterface("eth0", net.mac.address, List.of("192.168.122.3/24")))
                .toList());
  }
}
