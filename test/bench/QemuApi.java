import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.channels.FileChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.domain.BulkStatistics;
import org.virt.driver.qemu.internal.QemuDriver;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.machine.QemuUser;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;

/**
 * Measures the QEMU driver through its API: {@code java -cp BUNDLES QemuApi.java HOME}. Prints a
 * name and a figure a line.
 */
public final class QemuApi {
  private static final int DEFINED = 1000;
  private static final int RUNNING = 50;

  /** Something that is measured. */
  private interface Call {
    void run() throws Exception;
  }

  /** A state directory that keeps files as the runtime does: written, synced, renamed. */
  private record State(Path home) implements StateDirectory {
    @Override
    public Path area(String area) throws VirtException {
      try {
        return Files.createDirectories(home.resolve(area));
      } catch (java.io.IOException e) {
        throw new VirtException(ErrorCode.SYSTEM_ERROR, "make " + area, e);
      }
    }

    @Override
    public void write(Path file, byte[] content) throws VirtException {
      Path temporary = file.resolveSibling("." + UUID.randomUUID());
      try (FileChannel out =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap(content));
        out.force(true);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (java.io.IOException e) {
        throw new VirtException(ErrorCode.WRITE_FAILED, "write " + file, e);
      }
    }
  }

  private static String xml(String name) {
    return """
        <domain type='qemu'><name>%s</name><uuid>%s</uuid><memory unit='MiB'>64</memory>
        <vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>
        <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>
        """
        .formatted(name, UUID.randomUUID());
  }

  private static double millis(Call call, int times) throws Exception {
    long[] taken = new long[times];
    for (int i = 0; i < times; i++) {
      long begin = System.nanoTime();
      call.run();
      taken[i] = System.nanoTime() - begin;
    }
    Arrays.sort(taken);
    return taken[times / 2] / 1e6;
  }

  public static void main(String[] arguments) throws Exception {
    Path home = Files.createDirectories(Path.of(arguments[0]));
    QemuDriver driver = new QemuDriver(new State(home), QemuUser.USUAL, ScreenTls.USUAL);
    DriverConnection connection = driver.open(URI.create("qemu:///system"));
    List<DomainId> machines = new ArrayList<>();
    int[] next = {0};
    Call define = () -> machines.add(connection.define(xml("m" + next[0]++)));
    millis(define, DEFINED / 2);
    System.out.printf("define %.2f%n", millis(define, DEFINED / 2));
    DomainId one = machines.get(0);
    Call hundred =
        () -> {
          for (int i = 0; i < 100; i++) {
            connection.xml(one, XmlView.LIVE);
          }
        };
    millis(hundred, 100);
    System.out.printf("xml %.0f%n", 1e5 / millis(hundred, 100));
    Call list =
        () -> {
          if (connection.domains().size() != DEFINED) {
            throw new IllegalStateException("not " + DEFINED + " machines");
          }
        };
    millis(list, 500);
    System.out.printf("list %.3f%n", millis(list, 500));
    List<DomainId> running = machines.subList(0, RUNNING);
    for (DomainId machine : running) {
      connection.start(machine);
    }
    BulkStatistics stats = ((Facets) connection).facet(BulkStatistics.class).orElseThrow();
    Call figures = () -> stats.domainStats(running, Set.of(), Set.of());
    millis(figures, 20);
    System.out.printf("stats %.1f%n", millis(figures, 20));
    for (DomainId machine : running) {
      connection.destroy(machine);
    }
    driver.stop();
    System.exit(0);
  }
}
