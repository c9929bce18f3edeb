package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.stream.Stream;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.HostFacts;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.linux.Account;

/**
 * What is looked up on this host when a machine is started.
 *
 * @param paths of the run
 * @param user who runs QEMU; absent: this user
 * @param secrets which of them machines may use
 * @param screenTls how screens are served over TLS
 */
record LiveHost(RunPaths paths, Optional<Account> user, HostSecrets secrets, ScreenTls screenTls)
    implements HostFacts {
  @Override
  public String secret(Node holder, String usual) throws VirtException {
    SecretFile.write(Path.of(usual), secrets.value(holder));
    return usual;
  }

  @Override
  public String hugepages(long kib) throws VirtException {
    return HugePages.folder(kib, paths, user).toString();
  }

  @Override
  public String scsiGeneric(Node source) throws VirtException {
    Node address = source.child("address");
    String adapter = source.require("adapter/@name").replaceFirst("^scsi_host", "");
    String name =
        "%s:%d:%d:%d"
            .formatted(
                adapter,
                address.number("@bus", 0),
                address.number("@target", 0),
                address.number("@unit", 0));
    Path folder = Path.of("/sys/bus/scsi/devices", name, "scsi_generic");
    try (Stream<Path> names = Files.list(folder)) {
      return "/dev/" + names.findFirst().orElseThrow(IOException::new).getFileName();
    } catch (IOException e) {
      throw Refusal.of(source.path(), "the host has no SCSI device " + name);
    }
  }

  @Override
  public Node firmware(Guest guest) throws VirtException {
    throw Refusal.of("/domain/os/@firmware", "give the path of the firmware (<loader>)");
  }

  @Override
  public String volume(Node source) throws VirtException {
    throw Refusal.of(source.path("@pool"), "storage pools are not supported by the QEMU driver");
  }

  @Override
  public boolean hasNode(int node) {
    return Files.isDirectory(Path.of("/sys/devices/system/node/node" + node));
  }

  @Override
  public long now(String basis) {
    Instant now = Instant.now();
    boolean local = basis.equals("localtime");
    int offset = local ? ZoneId.systemDefault().getRules().getOffset(now).getTotalSeconds() : 0;
    return now.getEpochSecond() + offset;
  }
}
