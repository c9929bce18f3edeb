package org.virt.api.domain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects.Activity;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.api.domain.TypedParameter.Type;

class ValuesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0-3|0-3", "0-3,^1|0,2-3", "7,1|1,7", " 2 , 3 |2-3", "5|5"})
  void readsAndPrintsSetsOfCpus(String text, String printed) throws VirtException {
    CpuSet cpus = CpuSet.parse(text);
    assertEquals(printed, cpus.toString());
    assertEquals(cpus, CpuSet.of(cpus.map(4)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "3-1", "1,", "-1", "^0", "0-99999", "1-2-3"})
  void refusesWhatIsNoSetOfCpus(String text) {
    VirtException e = assertThrows(VirtException.class, () -> CpuSet.parse(text));
    assertEquals(ErrorCode.INVALID_ARG, e.code());
  }

  @Test
  void hasLibvirtsMapOfCpus() {
    assertArrayEquals(new byte[] {7, 0}, CpuSet.first(3).map(2));
  }

  @Test
  void turnsFlagsIntoAWordAndBack() throws VirtException {
    Set<StartFlag> flags = Set.of(StartFlag.PAUSED, StartFlag.FORCE_BOOT);
    assertEquals(9, Flag.word(flags));
    assertEquals(flags, Flag.parse(StartFlag.class, 9));
    VirtException e = assertThrows(VirtException.class, () -> Flag.parse(StartFlag.class, 1 << 20));
    assertEquals("unsupported flags (0x100000) for StartFlag", e.getMessage());
  }

  @Test
  void saysWhatAChangeIsMadeTo() {
    assertTrue(Affects.CURRENT.live(Activity.ACTIVE));
    assertFalse(Affects.CURRENT.config(Activity.ACTIVE));
    assertTrue(Affects.CURRENT.config(Activity.INACTIVE));
    assertTrue(Affects.LIVE.live(Activity.INACTIVE));
    assertEquals(Affects.LIVE_AND_CONFIG, Affects.of(3));
    assertEquals(Affects.CONFIG, Affects.of(2 | 4));
  }

  @Test
  void keepsTypesOfParameters() {
    TypedParameters parameters =
        TypedParameters.builder().ullong("a", -1).integer("b", -1).string("c", "x").build();
    assertEquals("18446744073709551615", parameters.find("a").orElseThrow().text());
    assertEquals(-1L, parameters.number("b").orElseThrow());
    assertEquals("x", parameters.string("c").orElseThrow());
    assertThrows(IllegalArgumentException.class, () -> new TypedParameter("a", Type.INT, 1L));
  }

  @Test
  void namesTheVerbThatADriverDoesNotHave() {
    MemoryVerbs none = new MemoryVerbs() {};
    VirtException e = assertThrows(VirtException.class, none::memoryStats);
    assertEquals(ErrorCode.NO_SUPPORT, e.code());
    assertTrue(e.getMessage().endsWith("virDomainMemoryStats"), e.getMessage());
  }
}
