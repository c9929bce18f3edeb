package org.virt.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.Connect;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.MemoryVerbs.MemoryStat;
import org.virt.api.domain.MemoryVerbs.Tag;
import org.virt.api.domain.QemuVerbs;

class FacetCallsTest {
  private final FakeDriver fake = new FakeDriver();
  private final DriverConnector connector = new DriverConnector();

  private static final class FakeMemory implements MemoryVerbs {
    @Override
    public List<MemoryStat> memoryStats() {
      return List.of(new MemoryStat(Tag.ACTUAL, 7));
    }

    @Override
    public void setMemory(long kib, Affects affects) throws VirtException {
      if (kib == 0) {
        throw new IllegalStateException("bug");
      }
      throw new VirtException(ErrorCode.OPERATION_INVALID, "not " + kib);
    }
  }

  @BeforeEach
  void install() {
    fake.add(1, "a");
    connector.bindDriver(FakeDriver.reference(0, "fake"), fake);
  }

  private MemoryVerbs memory() throws VirtException {
    Connect connect = connector.open(URI.create("fake:///default"));
    return connect.lookup("a").facet(MemoryVerbs.class);
  }

  private static VirtException fails(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(VirtException.class, call);
  }

  @Test
  void handsCallsAndErrorsOn() throws VirtException {
    fake.facets =
        type -> type == MemoryVerbs.class ? Optional.of(new FakeMemory()) : Optional.empty();
    MemoryVerbs memory = memory();
    assertEquals(List.of(new MemoryStat(Tag.ACTUAL, 7)), memory.memoryStats());
    assertEquals(memory, memory);
    VirtException e = fails(() -> memory.setMemory(5, Affects.LIVE));
    assertEquals(ErrorCode.OPERATION_INVALID, e.code());
    assertEquals("not 5", e.getMessage());
  }

  @Test
  void turnsADriversFaultIntoAnInternalError() throws VirtException {
    fake.facets = type -> Optional.of(new FakeMemory());
    MemoryVerbs memory = memory();
    VirtException e = fails(() -> memory.setMemory(0, Affects.LIVE));
    assertEquals(ErrorCode.INTERNAL_ERROR, e.code());
  }

  @Test
  void namesWhatADriverDoesNotHave() throws VirtException {
    MemoryVerbs memory = memory();
    VirtException e = fails(() -> memory.setMaxMemory(5, Affects.LIVE));
    assertEquals(ErrorCode.NO_SUPPORT, e.code());
    assertEquals(
        "set max memory: domain a: the driver fake.driver does not support it", e.getMessage());
    fake.facets = type -> Optional.empty();
    Connect connect = connector.open(URI.create("fake:///default"));
    QemuVerbs qemu = connect.lookup("a").facet(QemuVerbs.class);
    assertEquals(
        ErrorCode.NO_SUPPORT, fails(() -> qemu.monitorCommand("x", QemuVerbs.Language.HMP)).code());
  }

  @Test
  void endsWithItsConnection() throws VirtException {
    fake.facets = type -> Optional.of(new FakeMemory());
    Connect connect = connector.open(URI.create("fake:///default"));
    MemoryVerbs memory = connect.lookup("a").facet(MemoryVerbs.class);
    connect.close();
    assertEquals(ErrorCode.INVALID_CONN, fails(memory::memoryStats).code());
  }
}
