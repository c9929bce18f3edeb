package org.virt.test.host.libvirt;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;
import org.virt.test.host.lab.Lab;

/**
 * A libvirtd in the network namespace of this JVM, with definitions of its own, in memory. The
 * host's libvirt is not touched.
 */
final class Libvirtd implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Libvirtd.class);
  private static final Path DAEMON = Path.of("/usr/sbin/libvirtd");
  private static final Path FILTERS = Path.of("/etc/libvirt/nwfilter");
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String URI = "qemu:///system";

  /** $0 is the folder; what is mounted is seen by libvirtd alone. */
  private static final String START =
      "cp -r /etc/libvirt/nwfilter \"$0\" && mount --make-rprivate / &&"
          + " mkdir -p /run/libvirt /var/lib/libvirt &&"
          + " for one in /run /var/lib /etc; do mount -t tmpfs tmpfs $one/libvirt || exit; done &&"
          + " cp -r \"$0/nwfilter\" /etc/libvirt/ &&"
          // Machines run as root, without a daemon for their output, and without control groups.
          + " printf '%s\\n' 'stdio_handler = \"file\"' 'security_driver = \"none\"'"
          + " 'user = \"root\"' 'group = \"root\"' 'namespaces = []' 'cgroup_controllers = []' >/etc/libvirt/qemu.conf &&"
          // Containers start on a host with control groups of one version only.
          + " { umount /sys/fs/cgroup/unified 2>/dev/null; true; } && exec libvirtd -p \"$0/pid\"";

  private final Process process;

  private Libvirtd(Process process) {
    this.process = process;
  }

  /** Starts one; the test is skipped where libvirt is not installed. */
  static Libvirtd start(Path folder) throws IOException {
    assumeTrue(Files.isExecutable(DAEMON), DAEMON + " is not installed");
    assumeTrue(Files.isDirectory(FILTERS), FILTERS + " is not there");
    Process process =
        new ProcessBuilder("unshare", "--mount", "sh", "-c", START, folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(folder.resolve("log").toFile()))
            .start();
    Libvirtd libvirtd = new Libvirtd(process);
    try {
      Lab.await("libvirtd answers", libvirtd::answers);
    } catch (AssertionError e) {
      libvirtd.close();
      throw e;
    }
    return libvirtd;
  }

  private boolean answers() {
    try {
      return virsh("nwfilter-list").run().out().contains("clean-traffic");
    } catch (VirtException e) {
      return false;
    }
  }

  /** Returns its socket, which others than its own see there only. */
  Path socket() {
    return Path.of("/proc", Long.toString(process.pid()), "root/run/libvirt/libvirt-sock");
  }

  /** Makes a command of virsh, not run yet. */
  Command virsh(String... arguments) {
    List<String> all = inside("virsh", "-q", "-c", URI);
    all.addAll(List.of(arguments));
    return Command.of(all);
  }

  /**
   * Begins a command that sees its files; in a chroot, too, which a mount namespace alone leaves.
   */
  private List<String> inside(String... words) {
    String number = Long.toString(process.pid());
    List<String> all = new ArrayList<>(List.of("nsenter", "-t", number, "-m", "-r"));
    all.addAll(List.of(words));
    return all;
  }

  /** Gives virsh one command a line; returns output and errors in their order. */
  String script(List<String> lines) throws VirtException {
    List<String> shell = inside("sh", "-c", "exec virsh -q -c " + URI + " 2>&1");
    Result result =
        Command.of(shell).withInput(String.join("\n", lines) + "\n").withLimit(LIMIT).run();
    return result.out();
  }

  /** Ends what it has started and what a failed test has left running. */
  private void endMachines() {
    for (String driver : List.of("qemu", "lxc")) {
      Path run = socket().resolveSibling(driver);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(run, "*.pid")) {
        for (Path file : files) {
          long pid = Long.parseLong(Files.readString(file).strip());
          ProcessHandle.of(pid)
              .filter(other -> pid != process.pid())
              .ifPresent(ProcessHandle::destroyForcibly);
        }
      } catch (IOException e) {
        LOG.debug("no machines of {} to be ended: {}", driver, e.toString());
      }
    }
  }

  @Override
  public void close() {
    endMachines();
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
