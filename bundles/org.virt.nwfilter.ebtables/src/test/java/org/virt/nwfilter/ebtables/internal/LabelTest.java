package org.virt.nwfilter.ebtables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.PortId;
import org.virt.spi.nwfilter.PortRef;

class LabelTest {
  @Test
  void isReadBack() {
    for (String name : List.of("vnet0", "a\"};$*'\\#@{|>~", "%41;x")) {
      PortRef port = new PortRef(new PortId(name), Integer.MAX_VALUE, Samples.MAC);
      for (boolean flag : new boolean[] {true, false}) {
        Label label = new Label(port, Long.MAX_VALUE, "0123abcd", flag, !flag, flag);
        assertEquals(Optional.of(label), Label.read(label.base(), label.comment()));
        assertEquals(Optional.of(label.base()), Label.baseOf(label.first(Label.IN)));
        assertTrue(label.first(Label.OUT).length() <= 28, label.first(Label.OUT));
      }
    }
  }

  @Test
  void isNothingElse() {
    assertEquals(Optional.empty(), Label.read("before_in", ""));
    assertEquals(Optional.empty(), Label.read("V5-1", "somebody's"));
    assertEquals(Optional.empty(), Label.baseOf("VPN-rules_x"));
    assertEquals(Optional.empty(), Label.baseOf("POSTROUTING"));
  }
}
