package org.virt.driver.qemu.internal.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.virt.api.HostCheck;
import org.virt.api.VirtException;

/** Says whether machines can run here, and how fast. */
@Component
public final class QemuHostCheck implements HostCheck {
  private static final String SUBJECT = "qemu";

  private final QemuBinaries binaries = new QemuBinaries();

  @Override
  public List<Finding> check() {
    List<Finding> findings = new ArrayList<>();
    findings.add(qemu());
    Optional<String> obstacle = Kvm.obstacle();
    findings.add(
        obstacle.isEmpty()
            ? finding("/dev/kvm", Result.PASS, "hardware acceleration", "")
            : finding(
                "/dev/kvm", Result.WARN, "machines of type 'kvm' do not run", obstacle.get()));
    boolean tun = Files.isReadable(Kvm.TUN) && Files.isWritable(Kvm.TUN);
    findings.add(
        tun
            ? finding("/dev/net/tun", Result.PASS, "interfaces of type bridge and ethernet", "")
            : finding(
                "/dev/net/tun",
                Result.WARN,
                "interfaces of type bridge and ethernet do not work",
                "modprobe tun, and run as root"));
    findings.add(
        Kvm.hasVhost()
            ? finding("/dev/vhost-net", Result.PASS, "virtio cards served by the kernel", "")
            : finding(
                "/dev/vhost-net",
                Result.WARN,
                "virtio cards are served by QEMU, slower",
                "modprobe vhost_net"));
    return findings;
  }

  private Finding qemu() {
    String arch = HostCpus.architecture();
    String program = "qemu-system-" + arch;
    Optional<Path> path = binaries.find(arch);
    if (path.isEmpty()) {
      return finding(program, Result.FAIL, "no machine runs", QemuBinaries.REMEDY);
    }
    try {
      return finding(
          program, Result.PASS, path.get() + " " + binaries.ask(path.get()).version(), "");
    } catch (VirtException e) {
      return finding(program, Result.FAIL, e.getMessage(), QemuBinaries.REMEDY);
    }
  }

  private static Finding finding(String what, Result result, String detail, String remedy) {
    return new Finding(SUBJECT, what, result, detail, remedy);
  }
}
