package org.virt.driver.remote.internal.calls;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.ScreenVerbs;
import org.virt.driver.remote.internal.link.LinkStream;

/** Does what a person does at a machine's screen and keyboard. */
record ScreenCalls(FarDomain domain) implements ScreenVerbs {
  private static final int PICTURE_MAX = 256 * 1024 * 1024;

  @Override
  public Picture screenshot(int screen) throws VirtException {
    try (LinkStream stream = new LinkStream(PICTURE_MAX)) {
      String type =
          domain.open(stream, "domain_screenshot", screen, 0).optionalText("mime").orElse("");
      return new Picture(type, stream.all(domain.far().limit()));
    } catch (IOException e) {
      throw new VirtException(ErrorCode.OPERATION_FAILED, "read the picture: " + e.getMessage(), e);
    }
  }

  @Override
  public void sendKey(KeyCodes set, List<Integer> codes, Duration hold) throws VirtException {
    domain.call("domain_send_key", set.ordinal(), (int) hold.toMillis(), codes, 0);
  }

  @Override
  public void sendProcessSignal(long pid, int signal) throws VirtException {
    domain.call("domain_send_process_signal", pid, signal, 0);
  }

  @Override
  public void injectNmi() throws VirtException {
    domain.call("domain_inject_nmi", 0);
  }
}
