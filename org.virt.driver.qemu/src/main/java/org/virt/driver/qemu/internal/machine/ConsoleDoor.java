package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.Pty;
import org.virt.model.domain.CharDevice;
import org.virt.model.domain.Devices;

/** Opens serial devices of machines, each for one reader at a time. */
final class ConsoleDoor {
  private ConsoleDoor() {}

  /**
   * Opens a device.
   *
   * @param alias its name; empty for the first one
   */
  static Console open(Machine machine, String alias, Set<OpenFlag> flags) throws VirtException {
    Run run = machine.active("open console of");
    CharDevice device = find(machine, run.live.config().devices, alias);
    String name = device.alias.name;
    try {
      if (flags.contains(OpenFlag.FORCE)) {
        Console other;
        synchronized (run.openConsoles) {
          other = run.openConsoles.remove(name);
        }
        if (other != null) {
          other.close();
        }
      }
      synchronized (run.openConsoles) {
        if (run.openConsoles.containsKey(name)) {
          throw new VirtException(
              ErrorCode.RESOURCE_BUSY,
              "open console " + name + " of domain " + machine.name + ": somebody else reads it");
        }
        Console console = open(run, device);
        run.openConsoles.put(name, console);
        return console;
      }
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "open console " + name + " of domain " + machine.name + ": " + e.getMessage(),
          e);
    }
  }

  private static Console open(Run run, CharDevice device) throws IOException {
    AtomicReference<Console> opened = new AtomicReference<>();
    Runnable onClose =
        () -> {
          synchronized (run.openConsoles) {
            // Not one that has taken its place.
            run.openConsoles.remove(device.alias.name, opened.get());
          }
        };
    String path = device.sources.isEmpty() ? null : device.sources.get(0).path;
    if ("pty".equals(device.type) && path != null) {
      opened.set(Pty.open(path, onClose));
      return opened.get();
    }
    if ("unix".equals(device.type) && path != null) {
      opened.set(SocketConsole.open(path, onClose));
      return opened.get();
    }
    throw new IOException("a device of type '" + device.type + "' cannot be opened");
  }

  private static CharDevice find(Machine machine, Devices devices, String alias)
      throws VirtException {
    List<CharDevice> all = new ArrayList<>(devices.consoles);
    all.addAll(devices.serials);
    all.addAll(devices.channels);
    for (CharDevice device : all) {
      if (alias.isEmpty() || alias.equals(device.alias.name)) {
        return device;
      }
    }
    throw new VirtException(
        ErrorCode.DEVICE_MISSING,
        "open console of domain "
            + machine.name
            + ": "
            + (alias.isEmpty() ? "it has none" : "it has no device '" + alias + "'"));
  }
}
