package org.virt.common.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.HookScripts.Call;

class HookScriptsTest {
  private static final Call START = Call.of("vm 1", "start", "begin");

  @TempDir private Path folder;
  private Path log;
  private HookScripts scripts;

  @BeforeEach
  void noneYet() {
    log = folder.resolve("log");
    scripts = HookScripts.of(folder.resolve("etc"), "qemu");
  }

  private void put(String name, String body) throws IOException {
    Path file = folder.resolve("etc/hooks").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void note(String name) throws IOException {
    put(name, "echo \"$(basename $0)|$1|$2|$3|$4|$(cat)\" >>" + log);
  }

  private List<String> noted() throws IOException {
    return Files.readAllLines(log);
  }

  @Test
  void noneIsNoFailureAndNeedsNoInput() throws VirtException {
    scripts.call(
        START,
        () -> {
          throw new AssertionError("nobody reads it");
        });
    assertEquals("text", scripts.filter(START, "text"));
  }

  @Test
  void tellsArgumentsAndInput() throws Exception {
    note("qemu");
    scripts.call(START, () -> "<domain/>");
    assertEquals(List.of("qemu|vm 1|start|begin|-|<domain/>"), noted());
  }

  @Test
  void tellsOfTheRuntimeAsLibvirtDoes() throws Exception {
    note("qemu");
    scripts.call(Call.ofRuntime("shutdown"), () -> "");
    assertEquals(List.of("qemu|-|shutdown|-|shutdown|"), noted());
  }

  @Test
  void callsTheFoldersInAlphabeticalOrderAfterTheMainOne() throws Exception {
    note("qemu.d/20-b");
    note("qemu.d/10-a");
    note("qemu");
    note("lxc");
    scripts.call(START, () -> "");
    assertEquals(
        List.of("qemu|vm 1|start|begin|-|", "10-a|vm 1|start|begin|-|", "20-b|vm 1|start|begin|-|"),
        noted());
  }

  @Test
  void oneThatMayNotBeExecutedIsNotThere() throws Exception {
    note("qemu");
    note("qemu.d/a");
    Files.setPosixFilePermissions(
        folder.resolve("etc/hooks/qemu"), PosixFilePermissions.fromString("rw-r--r--"));
    scripts.call(START, () -> "");
    assertEquals(List.of("a|vm 1|start|begin|-|"), noted());
  }

  @Test
  void aFailureIsToldAfterAllWereCalled() throws Exception {
    put("qemu", "echo 'no XYZZY' >&2; exit 3");
    note("qemu.d/a");
    VirtException e = assertThrows(VirtException.class, () -> scripts.call(START, () -> ""));
    assertEquals(ErrorCode.HOOK_SCRIPT_FAILED, e.code());
    assertTrue(e.getMessage().contains("hooks/qemu 'vm 1' start begin -"), e.getMessage());
    assertTrue(e.getMessage().endsWith("no XYZZY"), e.getMessage());
    assertEquals(1, noted().size());
    scripts.tell(START, () -> "");
    assertEquals(2, noted().size());
  }

  @Test
  void eachChangesWhatTheOneBeforeHasWritten() throws Exception {
    put("qemu", "sed s/a/b/");
    put("qemu.d/1", "cat >/dev/null");
    put("qemu.d/2", "sed s/b/c/");
    assertEquals("c", scripts.filter(START, "a").strip());
  }

  @Test
  void oneThatDoesNotEndIsEnded() throws Exception {
    put("qemu", "exec sleep 1000");
    HookScripts hasty =
        new HookScripts(folder.resolve("etc/hooks"), "qemu", Duration.ofMillis(100));
    VirtException e = assertThrows(VirtException.class, () -> hasty.call(START, () -> ""));
    assertTrue(e.getMessage().contains("not done after 100 ms"), e.getMessage());
  }
}
