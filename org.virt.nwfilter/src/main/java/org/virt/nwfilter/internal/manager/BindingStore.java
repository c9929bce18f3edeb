package org.virt.nwfilter.internal.manager;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * not outlive a boot, so a binding goes by its interface's index, everything is dropped after a
 * boot, and nothing is synced to the disk: a write is enough against a killed runtime.
 */
final class BindingStore {
  private static final Logger LOG = LoggerFactory.getLogger(BindingStore.class);
  private static final String AREA = "nwfilter-binding";
  private static final String BOOT = "boot";
  private static final String BINDINGS = "bindings";
  private static final String ADDRESSES = "addresses";
  private static final String USED = "technique";
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int FIELDS = 5;

  private final Path area;
  private final BindingLog log;

  BindingStore(StateDirectory state) throws VirtException {
    area = state.area(AREA);
    log = new BindingLog(area.resolve(BINDINGS));
  }

  /** Reads the bindings of this boot; before anything else is asked of this. */
  List<Stored> load() throws VirtException {
    try {
      String boot = Files.readString(BOOT_ID).strip();
      Path marker = area.resolve(BOOT);
      boolean same = Files.exists(marker) && Files.readString(marker).strip().equals(boot);
      if (!same) {
        clear(area);
        replace(marker, boot + "\n");
      }
      return read();
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

  private List<Stored> read() throws IOException {
    List<Stored> found = new ArrayList<>();
    log.load()
        .forEach(
            (index, xml) -> {
              try {
                found.add(new Stored(BindingXml.parse(xml), index));
              } catch (VirtException e) {
                LOG.error("read the binding of interface {}: {}", index, e.toString());
              }
            });
    return found;
  }

  void save(PortRef port, FilterBinding binding) throws VirtException {
    try {
      log.put(port.index(), BindingXml.print(binding));
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.WRITE_FAILED, "write down the binding of " + port + ": " + e, e);
    }
  }

  void delete(PortRef port) {
    try {
      log.remove(port.index());
    } catch (IOException e) {
      LOG.warn("delete the binding of {}: {}", port, e.toString());
    }
  }

  /** Ends the use of the files; what they hold stays. */
  void close() {
    try {
      log.close();
    } catch (IOException e) {
      LOG.warn("close the filter bindings: {}", e.toString());
    }
  }

  /** Returns the technique that had the rules when the last runtime ended; empty for none. */
  String used() throws VirtException {
    Path file = area.resolve(USED);
    try {
      return Files.exists(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      throw new VirtException(ErrorCode.READ_FAILED, "read " + file + ": " + e, e);
    }
  }

  /** Keeps which technique has the rules. */
  void saveUsed(String technique) {
    try {
      write(area.resolve(USED), technique + "\n");
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
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
    write(area.resolve(ADDRESSES), text.toString());
  }

  /** Reads the learned addresses by the index of their port; a wrong line is left out. */
  Map<Integer, List<Learned>> addresses() {
    Map<Integer, List<Learned>> all = new HashMap<>();
    Path file = area.resolve(ADDRESSES);
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          parse(line).ifPresent(a -> all.computeIfAbsent(a.index, i -> new ArrayList<>()).add(a));
        }
      }
    } catch (IOException e) {
      LOG.warn("read the learned addresses: {}", e.toString());
    }
    return all;
  }

  private static Optional<Learned> parse(String line) {
    String[] field = line.split(" ", -1);
    try {
      if (field.length == FIELDS) {
        Optional<Instant> end =
            field[4].equals("-") ? Optional.empty() : Optional.of(Instant.parse(field[4]));
        InetAddress address = InetAddress.getByName(field[2]);
        Source source = Source.valueOf(field[3]);
        return Optional.of(new Learned(Integer.parseInt(field[0]), address, source, end));
      }
    } catch (DateTimeException | IllegalArgumentException | IOException e) {
      LOG.debug("read a learned address", e);
    }
    LOG.warn("a line of the address file makes no sense: {}", line);
    return Optional.empty();
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

  /** An address that the port of an index learned. */
  record Learned(int index, InetAddress address, Source source, Optional<Instant> expires) {
    PortAddress of(PortRef port) {
      return new PortAddress(port.id(), port.mac(), address, source, expires);
    }
  }
}
