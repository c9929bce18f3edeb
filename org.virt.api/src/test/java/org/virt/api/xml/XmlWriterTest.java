package org.virt.api.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class XmlWriterTest {
  @Test
  void printsAsLibvirtDoes() {
    XmlWriter out = new XmlWriter();
    out.open("filter").attribute("name", "a").optional("chain", null);
    out.element("uuid", "1-2").open("rule").attribute("priority", -5).close();
    out.open("empty").close();
    assertEquals(
        """
        <filter name='a'>
          <uuid>1-2</uuid>
          <rule priority='-5'/>
          <empty/>
        </filter>
        """,
        out.close().toString());
  }

  @Test
  void escapesSoThatAParserReadsTheSame() {
    XmlWriter out = new XmlWriter();
    out.open("a").attribute("b", "<'\"&\n\t>").text("<'\"&\n\r😀").close();
    assertEquals(
        "<a b='&lt;&apos;&quot;&amp;&#10;&#9;&gt;'>&lt;&apos;&quot;&amp;\n&#13;😀</a>\n",
        out.toString());
  }

  @Test
  void refusesWhatXmlCannotCarry() {
    for (String bad : new String[] {"\0", "a\u0007", "\u001b[0m", "\uffff", "\ud800x", "\udc00"}) {
      assertThrows(IllegalArgumentException.class, () -> new XmlWriter().open("a").text(bad));
      assertThrows(
          IllegalArgumentException.class, () -> new XmlWriter().open("a").attribute("b", bad));
    }
  }
}
