package org.virt.driver.test.internal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.ScreenVerbs;

/** Screen and keyboard of one machine: black, and without effect. */
record TestScreen(TestHost host, DomainId id) implements ScreenVerbs {
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;

  @Override
  public Picture screenshot(int screen) throws VirtException {
    if (screen != 0) {
      throw new VirtException(ErrorCode.INVALID_ARG, "screenshot: there is no screen " + screen);
    }
    byte[] header = ("P6\n" + WIDTH + " " + HEIGHT + "\n255\n").getBytes(StandardCharsets.US_ASCII);
    byte[] picture = new byte[header.length + 3 * WIDTH * HEIGHT];
    System.arraycopy(header, 0, picture, 0, header.length);
    return host.onActive(
        "take a screenshot of", id, machine -> new Picture("image/x-portable-pixmap", picture));
  }

  @Override
  public void sendKey(KeyCodes set, List<Integer> codes, Duration hold) throws VirtException {
    host.onActive("send keys to", id, machine -> machine);
  }

  @Override
  public void sendProcessSignal(long pid, int signal) throws VirtException {
    if (pid != 1) {
      throw new VirtException(ErrorCode.INVALID_ARG, "only sending a signal to pid 1 is supported");
    }
    host.onActive("signal a process of", id, machine -> machine);
  }

  @Override
  public void injectNmi() throws VirtException {
    host.onActive("inject an NMI into", id, machine -> machine);
  }
}
