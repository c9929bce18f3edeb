package org.virt.driver.esx.internal.soap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NodeReaderTest {
  private static Node read(String document) throws IOException {
    return NodeReader.read(document.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void putsTextsTogether() throws Exception {
    Node node = read("<a>\n  <b>x &amp; y <!-- c -->&lt;<![CDATA[ z ]]></b>\n  <c> </c>\n</a>");
    assertEquals("x & y < z", node.text("b"));
    assertEquals("", node.text("c"));
    assertEquals("", node.text());
    assertEquals(2, node.children().size());
  }

  @Test
  void tellsTypesOfObjectsFromTypesOfReferences() throws Exception {
    Node node =
        read(
            "<a xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>"
                + "<b type='Task' i:type='n:ManagedObjectReference'>t-1</b></a>");
    assertEquals(new Ref("Task", "t-1"), node.at("b").ref());
    assertEquals("ManagedObjectReference", node.at("b").xsiType());
    assertEquals(7, node.number("b", 7));
    assertThrows(IOException.class, () -> read("<a>"));
  }
}
