package org.virt.remote.internal.calls;

import java.util.Locale;
import java.util.Map;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;

/** libvirt's names of the functions that procedures stand for. */
final class ApiNames {
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("xml", "XML"),
          Map.entry("uuid", "UUID"),
          Map.entry("id", "ID"),
          Map.entry("cpu", "CPU"),
          Map.entry("os", "OS"),
          Map.entry("uri", "URI"),
          Map.entry("nwfilter", "NWFilter"),
          Map.entry("nwfilters", "NWFilters"),
          Map.entry("vol", "Vol"),
          Map.entry("pm", "PM"),
          Map.entry("nmi", "NMI"),
          Map.entry("fs", "FS"),
          Map.entry("io", "Io"),
          Map.entry("iothread", "IOThread"),
          Map.entry("dhcp", "DHCP"),
          Map.entry("ssh", "SSH"),
          Map.entry("sev", "SEV"),
          Map.entry("fd", "FD"),
          Map.entry("numa", "Numa"),
          Map.entry("fsfreeze", "FSFreeze"),
          Map.entry("fsthaw", "FSThaw"),
          Map.entry("fstrim", "FSTrim"),
          Map.entry("fsinfo", "FSInfo"));

  private ApiNames() {}

  /** Returns the function of a procedure, such as {@code virDomainCreateXML}. */
  static String of(Procedure procedure) {
    StringBuilder name = new StringBuilder("vir");
    String[] words = procedure.name().split("_");
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      String plain = word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
      name.append(WORDS.getOrDefault(word, plain));
      if (i == 0 && procedure.program() != Program.REMOTE) {
        name.append(procedure.program() == Program.QEMU ? "Qemu" : "Lxc");
      }
    }
    return name.toString();
  }
}
