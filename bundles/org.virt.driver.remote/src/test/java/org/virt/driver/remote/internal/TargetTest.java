package org.virt.driver.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.transport.Target;
import org.virt.driver.remote.internal.transport.Target.Way;

class TargetTest {
  @Test
  void readsWhatIsOpenedThere() throws VirtException {
    assertEquals("xen:///system", target("xen+unix:///system").name());
    assertEquals("test:///default", target("test+unix:///default?socket=/tmp/a%20b").name());
    assertEquals("lxc:///", target("lxc+tcp://host/").name());
    assertEquals("qemu:///embed?root=/x", target("qemu+unix:///embed?root=/x&mode=legacy").name());
    assertEquals("bhyve:///session", target("x+tls://h/system?name=bhyve:///session").name());
  }

  @Test
  void readsTheWayThere() throws VirtException {
    Target target = target("QEMU+ssh://root@[::1]:2222/system?keyfile=/k&no_verify=1&no_tty=0");
    assertEquals(Way.SSH, target.way());
    assertEquals("qemu", target.driver());
    assertEquals(Optional.of("root"), target.user());
    assertEquals("::1", target.host());
    assertEquals(2222, target.port(22));
    assertEquals(Optional.of("/k"), target.option("keyfile"));
    assertTrue(target.isOn("no_verify"));
    assertEquals(Optional.empty(), target.option("socket"));
    assertEquals(16509, target("test+tcp://h/default").port(16509));
    assertEquals(
        Optional.of("/tmp/a b+c"), target("test+unix:///x?socket=/tmp/a%20b+c").option("socket"));
  }

  @Test
  void namesWhoLogsIn() throws VirtException {
    Target target = target("qemu+tcp://me@host/system?authfile=/a");
    assertEquals("me", target.user().orElseThrow());
    assertEquals("/a", target.option("authfile").orElseThrow());
    assertEquals("qemu:///system", target.name());
  }

  @Test
  void refusesWhatIsNoTarget() {
    for (String uri :
        new String[] {
          "qemu:///system",
          "qemu+libssh2://h/system",
          "qemu+carrier-pigeon:///system",
          "qemu+unix://host/system",
          "qemu+tcp:///system",
          "qemu+tls:///system",
          "qemu+ssh:///system",
          "qemu+unix:system",
          "qemu+tcp://a_b:x/system",
          "qemu+ssh://host/system?command=/bin/sh",
          "qemu+tls://host/system?tls_priority=NORMAL"
        }) {
      VirtException e = assertThrows(VirtException.class, () -> target(uri), uri);
      assertEquals(ErrorCode.INVALID_ARG, e.code());
      assertTrue(e.getMessage().startsWith("open " + uri + ": "), e.getMessage());
    }
  }

  private static Target target(String uri) throws VirtException {
    return Target.parse(URI.create(uri));
  }
}
