package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.XmlView;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SavedImages;
import org.virt.spi.driver.Facets;
import org.virt.test.host.lab.Lab;

/** The operator's programs in {@code etc/hooks}, with a real QEMU. */
class QemuHooksTest extends QemuFixture {
  private static final List<String> STARTS =
      List.of("prepare begin", "start begin", "started begin");
  private static final List<String> ENDS = List.of("stopped end", "release end");

  private Path log() {
    return home.resolve("calls");
  }

  /** Writes down each call about this machine; then does what is given. */
  private void hook(String body) throws IOException {
    Path file = home.resolve("etc/hooks/qemu");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        #!/bin/sh
        cat >%1$s.xml
        grep -q %2$s %1$s.xml || exit 0
        echo "$1 $2 $3 $4" >>%1$s
        %3$s
        """
            .formatted(log(), uuid, body));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    Files.deleteIfExists(log());
  }

  private List<String> calls() throws IOException {
    return Files.exists(log())
        ? Files.readAllLines(log()).stream()
            .map(line -> line.replaceFirst("^hooked (.*) -$", "$1"))
            .toList()
        : List.of();
  }

  private static List<String> both(List<String> first, List<String> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }

  @Test
  void tellsOfStartAndEndAsLibvirtDoes() throws Exception {
    hook(
        "pgrep -f %s >/dev/null && echo \"$2: QEMU is there\" >>%s.qemu; true"
            .formatted(uuid, log()));
    define("hooked", "<graphics type='vnc' passwd='secret'/>");
    assertEquals(List.of(), calls());
    connection.start(id);
    assertEquals(STARTS, calls());
    assertEquals(List.of("started: QEMU is there"), Files.readAllLines(home.resolve("calls.qemu")));
    String told = Files.readString(home.resolve("calls.xml"));
    assertTrue(told.contains("<name>hooked</name>"), told);
    assertFalse(told.contains("secret"), told);
    connection.destroy(id);
    assertEquals(both(STARTS, ENDS), calls());
  }

  @Test
  void aFailureForbidsTheStartAndLeavesNothing() throws Exception {
    define("hooked", "");
    for (int step = 0; step < STARTS.size(); step++) {
      String operation = STARTS.get(step).replace(" begin", "");
      hook("[ $2 != %s ] || { echo not today >&2; exit 1; }".formatted(operation));
      VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
      assertEquals(ErrorCode.HOOK_SCRIPT_FAILED, e.code());
      assertTrue(e.getMessage().endsWith("not today"), e.getMessage());
      assertEquals(both(STARTS.subList(0, step + 1), ENDS), calls());
      assertFalse(connection.summary(id).isActive());
      assertFalse(hasProcess());
      assertEquals(List.of(), runFiles());
    }
    hook("");
    connection.start(id);
  }

  @Test
  void aFailureAtTheEndChangesNothing() throws Exception {
    hook("exit 1");
    define("hooked", "");
    Files.delete(home.resolve("etc/hooks/qemu"));
    connection.start(id);
    hook("exit 1");
    connection.destroy(id);
    assertEquals(ENDS, calls());
    assertFalse(connection.summary(id).isActive());
  }

  @Test
  void aMachineThatIsFoundAgainNeedsTheirConsent() throws Exception {
    hook("");
    define("hooked", "");
    connection.start(id);
    stopDriver();
    hook("");
    startDriver(home);
    Lab.await("the hook is told", () -> told().equals(List.of("reconnect begin")));
    stopDriver();
    hook("[ $2 != reconnect ]");
    startDriver(home);
    Lab.await("the machine is ended", () -> told().equals(both(List.of("reconnect begin"), ENDS)));
    Lab.await("QEMU is gone", () -> !hasProcess());
  }

  private List<String> told() {
    try {
      return calls();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRestoreTakesWhatTheyWrite() throws Exception {
    define("hooked", "");
    connection.start(id);
    String image = home.resolve("image").toString();
    ((Facets) connection)
        .facet(SaveVerbs.class, id)
        .orElseThrow()
        .save(image, Optional.empty(), Set.of());
    SavedImages images = ((Facets) connection).facet(SavedImages.class).orElseThrow();

    hook("[ $2 != restore ] || echo '<domain'");
    VirtException e =
        assertThrows(VirtException.class, () -> images.restore(image, Optional.empty(), Set.of()));
    assertEquals(ErrorCode.HOOK_SCRIPT_FAILED, e.code(), e.getMessage());
    hook("[ $2 != restore ] || sed s/%s/%s/ %s.xml".formatted(uuid, UUID.randomUUID(), log()));
    e = assertThrows(VirtException.class, () -> images.restore(image, Optional.empty(), Set.of()));
    assertEquals(ErrorCode.HOOK_SCRIPT_FAILED, e.code(), e.getMessage());
    assertFalse(connection.summary(id).isActive());

    hook("[ $2 != restore ] || sed 's,</name>,&<title>by a hook</title>,' %s.xml".formatted(log()));
    images.restore(image, Optional.empty(), Set.of());
    assertEquals(both(List.of("restore begin"), STARTS), calls());
    String live = connection.xml(id, XmlView.LIVE);
    assertTrue(live.contains("<title>by a hook</title>"), live);
  }
}
