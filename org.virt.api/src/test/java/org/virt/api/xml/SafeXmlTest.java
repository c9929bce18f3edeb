package org.virt.api.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class SafeXmlTest {
  @Test
  void readsContentToItsEnd() throws VirtException {
    assertEquals("a[x=1]b{t & <x> é}/b/a", events("\ufeff<a x='1'><b>t &amp; &#60;x> é</b></a>"));
    assertEquals("a/a", events("<?xml version='1.0' encoding='UTF-16'?><!-- c --><a/>"));
  }

  @Test
  void readsTextOfAnElementAcrossCommentsAndCdata() throws VirtException {
    String text = "<a>\n  <b>one<!-- no --><![CDATA[<two>]]></b></a>";
    assertEquals("one<two>", SafeXml.read("test XML", text, SafeXmlTest::textOfB));
    assertMessage("only text is allowed in <b>", "<a><b>one<c/></b></a>");
  }

  @Test
  void refusesDocumentTypeWithItsPlace() {
    VirtException e = fail("\n<!DOCTYPE a>\n<a/>");
    assertEquals(ErrorCode.XML_ERROR, e.code());
    assertTrue(e.getMessage().startsWith("read test XML: line 2, column "), e.getMessage());
    assertTrue(
        e.getMessage().endsWith("a document type (<!DOCTYPE) is not allowed"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
        "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><a/>",
        "<a>&undeclared;</a>",
        "<a x='&undeclared;'/>",
        "<?xml version='1.1'?><a>&#1;</a>",
        "<a>&#0;</a>",
        "<a>\u0001</a>",
        "<a",
        "<a></b>",
        "<a/><a/>",
        "<x:a/>",
        "<a x='1' x='2'/>",
        "text",
        ""
      })
  void refusesWhatIsNoSafeXml(String xml) {
    VirtException e = fail(xml);
    assertEquals(ErrorCode.XML_ERROR, e.code());
    assertTrue(
        e.getMessage().matches("(?s)read test XML: line \\d+, column \\d+: .+"), e.getMessage());
  }

  @Test
  void refusesWhatIsTooDeepOrTooLong() throws VirtException {
    assertEquals(SafeXml.MAX_DEPTH * 4, events("<a>".repeat(64) + "</a>".repeat(64)).length() + 64);
    assertMessage("nested deeper than 64", "<a>".repeat(65) + "</a>".repeat(65));
    String frame = "<a></a>";
    String longest = "x".repeat(SafeXml.MAX_BYTES - frame.length());
    events("<a>" + longest + "</a>");
    assertMessage("longer than 1048576 bytes", "<a>" + longest + "x</a>");
    assertMessage("longer than 1048576 bytes", "<a>" + "é".repeat(SafeXml.MAX_BYTES / 2) + "</a>");
  }

  private static VirtException fail(String xml) {
    return assertThrows(VirtException.class, () -> events(xml));
  }

  private static void assertMessage(String part, String xml) {
    VirtException e =
        assertThrows(
            VirtException.class,
            () ->
                SafeXml.read(
                    "test XML",
                    xml,
                    xml.contains("<b>") ? SafeXmlTest::textOfB : SafeXmlTest::all));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static String events(String xml) throws VirtException {
    return SafeXml.read("test XML", xml, SafeXmlTest::all);
  }

  private static String textOfB(XMLStreamReader in) throws javax.xml.stream.XMLStreamException {
    in.nextTag();
    in.nextTag();
    return in.getElementText();
  }

  private static String all(XMLStreamReader in) throws javax.xml.stream.XMLStreamException {
    StringBuilder all = new StringBuilder();
    while (in.hasNext()) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          all.append(in.getLocalName());
          for (int i = 0; i < in.getAttributeCount(); i++) {
            all.append('[').append(in.getAttributeLocalName(i)).append('=');
            all.append(in.getAttributeValue(i)).append(']');
          }
        }
        case XMLStreamConstants.END_ELEMENT -> all.append('/').append(in.getLocalName());
        case XMLStreamConstants.CHARACTERS -> all.append('{').append(in.getText()).append('}');
        default -> {
          // Neither element nor text.
        }
      }
    }
    return all.toString();
  }
}
