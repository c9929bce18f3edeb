package org.virt.nwfilter.internal.manager;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.nwfilter.internal.xml.BindingXml;
import org.virt.spi.nwfilter.PortRef;

/**
 * Bindings and learned addresses on disk, for the next runtime. They are about interfaces, which do
 * not outlive a boot, so a file carries the interface's index in its name, everything is dropped
 * after a boot, and nothing is synced to the disk: a rename is enough against a killed runtime.
 */
final class BindingStore {
  private static final Logger LOG = LoggerFactory.getLogger(BindingStore.class);
  private static final String AREA = "nwfilter-binding";
  private static final String BOOT = "boot";
  private static final String ADDRESSES = "addresses";
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Pattern FILE = Pattern.compile("(.+)@([1-9][0-9]{0,9})\\.xml");
  private static final int FIELDS = 5;

  private final StateDirectory state;

  BindingStore(StateDirectory state) {
    this.state = state;
  }

  /** Reads the bindings of this boot. */
  List<Stored> load() throws VirtException {
    Path area = state.area(AREA);
    try {
      String boot = Files.readString(BOOT_ID).strip();
      Path marker = area.resolve(BOOT);
      boolean same = Files.exists(marker) && Files.readString(marker).strip().equals(boot);
      if (!same) {
        clear(area);
        replace(marker, boot + "\n");
      }
      return read(area);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.READ_FAILED, "read the filter bindings: " + e, e);
    }
  }

  private static void clear(Path area) throws IOException {
    try (Stream<Path> files = Files.list(area)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static List<Stored> read(Path area) throws IOException {
    List<Stored> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(area)) {
      for (Path file : files.sorted().toList()) {
        Matcher name = FILE.matcher(file.getFileName().toString());
        if (name.matches()) {
          try {
            FilterBinding binding = BindingXml.parse(Files.readString(file));
            found.add(new Stored(binding, Integer.parseInt(name.group(2))));
          } catch (VirtException | IOException | NumberFormatException e) {
            LOG.error("read binding {}: {}", file, e.toString());
          }
        }
      }
    }
    return found;
  }

  void save(PortRef port, FilterBinding binding) throws VirtException {
    write(file(port), BindingXml.print(binding));
  }

  void delete(PortRef port) {
    try {
      Files.deleteIfExists(file(port));
    } catch (VirtException | IOException e) {
      LOG.warn("delete the binding of {}: {}", port, e.toString());
    }
  }

  private Path file(PortRef port) throws VirtException {
    return state.area(AREA).resolve(port.id() + "@" + port.index() + ".xml");
  }

  void saveAddresses(Collection<Port> ports) throws VirtException {
    StringBuilder text = new StringBuilder();
    for (Port port : ports) {
      for (PortAddress address : port.learned.values()) {
        text.append(port.ref.index()).append(' ').append(port.ref.id()).append(' ');
        text.append(address.address().getHostAddress()).append(' ').append(address.source());
        String end = address.expires().map(Instant::toString).orElse("-");
        text.append(' ').append(end).append('\n');
      }
    }
    write(state.area(AREA).resolve(ADDRESSES), text.toString());
  }

  /** Reads the learned addresses of a port; a line that makes no sense is left out. */
  List<PortAddress> addresses(PortRef port) {
    try {
      Path file = state.area(AREA).resolve(ADDRESSES);
      if (!Files.exists(file)) {
        return List.of();
      }
      return Files.readAllLines(file).stream().flatMap(line -> parse(port, line).stream()).toList();
    } catch (VirtException | IOException e) {
      LOG.warn("read the addresses of {}: {}", port, e.toString());
      return List.of();
    }
  }

  private static Optional<PortAddress> parse(PortRef port, String line) {
    String[] field = line.split(" ", -1);
    if (field.length != FIELDS || !field[0].equals(Integer.toString(port.index()))) {
      return Optional.empty();
    }
    try {
      Optional<Instant> end =
          field[4].equals("-") ? Optional.empty() : Optional.of(Instant.parse(field[4]));
      return Optional.of(
          new PortAddress(
              port.id(),
              port.mac(),
              InetAddress.getByName(field[2]),
              Source.valueOf(field[3]),
              end));
    } catch (java.time.DateTimeException | IllegalArgumentException | IOException e) {
      LOG.warn("port {}: a line of the address file makes no sense: {}", port, line);
      return Optional.empty();
    }
  }

  private static void write(Path file, String content) throws VirtException {
    try {
      replace(file, content);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "write " + file + ": " + e, e);
    }
  }

  private static void replace(Path file, String content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(temporary, content);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A binding and the index that its interface had. */
  record Stored(FilterBinding binding, int index) {
    PortId port() {
      return binding.port();
    }
  }
}
