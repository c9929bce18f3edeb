package org.virt.nwfilter.internal.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.virt.api.VirtException;
import org.virt.common.process.Command;

/**
 * The one program that is ebtables, iptables and ip6tables, hidden behind another that fails; in
 * the JVM's own mount namespace, until it is closed.
 */
final class BrokenTool implements AutoCloseable {
  private static final String SCRIPT = "#!/bin/bash\n";

  private final Path tool;

  /** How it fails. */
  enum Fault {
    /** It cannot be run at all. */
    MISSING("", "rw-r--r--"),
    /** It says no. */
    FAILING("echo 'the kernel says no' >&2; exit 1"),
    /** It gets no memory. */
    NO_MEMORY("ulimit -v 2000; exec -a \"$0\" \"$REAL\" \"$@\""),
    /** It is killed before it has done anything. */
    KILLED("kill -9 $$"),
    /** It is killed when its rules are in force: nobody knows whether they are. */
    KILLED_AFTERWARDS("(exec -a \"$0\" \"$REAL\" \"$@\"); kill -9 $$"),
    /** Rules about packets are there already when those about frames fail. */
    HALFWAY("[[ $0 != *ebtables* ]] && exec -a \"$0\" \"$REAL\" \"$@\"; exit 1");

    private final String script;
    private final String permissions;

    Fault(String line) {
      this(SCRIPT + line + "\n", "rwxr-xr-x");
    }

    Fault(String script, String permissions) {
      this.script = script;
      this.permissions = permissions;
    }
  }

  private BrokenTool(Path tool) {
    this.tool = tool;
  }

  /** Breaks it; a folder is for its files. */
  static BrokenTool with(Fault fault, Path folder) throws VirtException, IOException {
    String found = Command.of("sh", "-c", "command -v ebtables-nft-restore").require().strip();
    Path tool = Path.of(found).toRealPath();
    Path real = folder.resolve("real");
    Files.copy(tool, real);
    Path broken = folder.resolve("broken");
    Files.writeString(broken, fault.script.replace("$REAL", real.toString()));
    Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString(fault.permissions));
    Command.of("mount", "--bind", broken.toString(), tool.toString()).require();
    return new BrokenTool(tool);
  }

  @Override
  public void close() throws VirtException {
    Command.of("umount", tool.toString()).require();
  }
}
