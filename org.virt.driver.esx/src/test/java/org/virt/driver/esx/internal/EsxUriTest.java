package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.EsxUri.Questions;
import org.virt.driver.esx.internal.EsxUri.Verify;
import org.virt.driver.esx.internal.soap.Proxy;

class EsxUriTest {
  private static EsxUri parse(String uri) throws VirtException {
    return EsxUri.parse(URI.create(uri));
  }

  private static String refused(String uri) {
    VirtException e = assertThrows(VirtException.class, () -> parse(uri));
    assertEquals(ErrorCode.INVALID_ARG, e.code());
    return e.getMessage();
  }

  @Test
  void choosesPortsAsLibvirtDoes() throws Exception {
    assertEquals("https://h:443", parse("esx://h/").base().toString());
    assertEquals("http://h:80", parse("esx://h/?transport=http").base().toString());
    assertEquals("https://h:8333", parse("gsx://h").base().toString());
    assertEquals("http://h:8222", parse("gsx://h/?transport=http").base().toString());
    assertEquals("https://h:443", parse("vpx://h/dc/srv").base().toString());
    assertEquals("https://h:9", parse("esx://h:9/").base().toString());
  }

  @Test
  void takesIpv6LiteralsAndOddNames() throws Exception {
    assertEquals("https://[fe80::1]:444", parse("esx://[fe80::1]:444/").base().toString());
    EsxUri uri = parse("vpx://DOMAIN%5Cuser@h/f%201/dc%2F1/50%25+x/srv");
    assertEquals("DOMAIN\\user", uri.user().orElseThrow());
    assertEquals(List.of("f 1", "dc/1", "50%+x", "srv"), uri.path());
  }

  @Test
  void readsItsParameters() throws Exception {
    EsxUri uri =
        parse("esx://h/?no_verify=1&auto_answer=1&proxy=p.example:8080&cacert=/ca.pem&authfile=/a");
    assertEquals(Verify.NO, uri.verify());
    assertEquals(Questions.ANSWERED, uri.answer());
    assertEquals(8080, uri.proxy().orElseThrow().port());
    assertEquals(1080, parse("esx://h/?proxy=http://p").proxy().orElseThrow().port());
    for (Map.Entry<String, Proxy.Type> one :
        Map.of(
                "socks", Proxy.Type.SOCKS5,
                "socks5", Proxy.Type.SOCKS5,
                "socks4", Proxy.Type.SOCKS4,
                "socks4a", Proxy.Type.SOCKS4A)
            .entrySet()) {
      Proxy proxy = parse("esx://h/?proxy=" + one.getKey() + "://[::1]:9").proxy().orElseThrow();
      assertEquals(new Proxy(one.getValue(), "[::1]", 9), proxy);
    }
    assertEquals("*", parse("esx://h/?vcenter=*").vcenter().orElseThrow());
    assertEquals(Path.of("/ca.pem"), uri.caCert().orElseThrow());
    assertEquals(Verify.YES, parse("esx://h/").verify());
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertTrue(refused("esx:///").contains("host is missing"));
    assertTrue(refused("esx://h/?transport=ftp").contains("'ftp'"));
    assertTrue(refused("esx://h/?no_verfy=1").contains("'no_verfy'"));
    assertTrue(refused("esx://h/?no_verify=yes").contains("neither 0 nor 1"));
    assertTrue(refused("esx://h/?proxy=ftp://p").contains("'ftp'"));
    assertTrue(refused("gsx://h/?vcenter=*").contains("vcenter"));
    assertTrue(refused("esx://h/path").contains("/path"));
    assertTrue(refused("vpx://h/dc").contains("datacenter and host"));
    assertFalse(refused("esx://u:hidden@h/").contains("hidden"));
  }
}
