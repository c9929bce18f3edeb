package org.virt.nwfilter.internal.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.nwfilter.internal.xml.BindingXml;
import org.virt.spi.nwfilter.PortRef;

/**
 * Bindings on disk, for the next runtime. They are about interfaces, which do not outlive a boot,
 * so a binding goes by its interface's index, all are dropped after a boot, and nothing is synced
 * to the disk: a write is enough against a killed runtime. Of learned addresses it knows the file.
 */
final class BindingStore {
  private static final Logger LOG = LoggerFactory.getLogger(BindingStore.class);
  private static final String AREA = "nwfilter-binding";
  private static final String BOOT = "boot";
  private static final String BINDINGS = "bindings";
  private static final String ADDRESSES = "addresses";
  private static final String USED = "technique";
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path area;
  private final BindingLog log;
  private final AddressFile addresses;

  BindingStore(StateDirectory state) throws VirtException {
    area = state.area(AREA);
    log = new BindingLog(area.resolve(BINDINGS));
    addresses = new AddressFile(state, area.resolve(ADDRESSES));
  }

  /** Returns where learned addresses are kept. */
  AddressFile addresses() {
    return addresses;
  }

  /** Says whether the host is still up that the bindings were written on. */
  boolean isSameBoot() throws VirtException {
    Path marker = area.resolve(BOOT);
    try {
      return Files.exists(marker) && Files.readString(marker).strip().equals(boot());
    } catch (IOException e) {
      throw unread(e);
    }
  }

  private static String boot() throws IOException {
    return Files.readString(BOOT_ID).strip();
  }

  private static VirtException unread(IOException e) {
    return new VirtException(ErrorCode.READ_FAILED, "read the filter bindings: " + e, e);
  }

  /** Reads the bindings of this boot; before any is changed. */
  List<Stored> load() throws VirtException {
    try {
      if (!isSameBoot()) {
        Files.deleteIfExists(area.resolve(BINDINGS));
        Files.deleteIfExists(area.resolve(USED));
        replace(area.resolve(BOOT), boot() + "\n");
      }
      return read();
    } catch (IOException e) {
      throw unread(e);
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
