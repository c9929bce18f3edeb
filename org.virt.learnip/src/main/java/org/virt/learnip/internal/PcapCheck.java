package org.virt.learnip.internal;

import com.sun.jna.NativeLibrary;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.virt.api.HostCheck;
import org.virt.api.VirtException;

/** Says whether addresses can be learned on this host. */
@Component
public final class PcapCheck implements HostCheck {
  private static final String SUBJECT = "learnip";

  @Override
  public List<Finding> check() {
    return List.of(library(), right());
  }

  private static Finding library() {
    try {
      NativeLibrary library = PcapLibrary.load();
      return new Finding(SUBJECT, "libpcap", Result.PASS, PcapLibrary.version(library), "");
    } catch (VirtException e) {
      return new Finding(
          SUBJECT, "libpcap", Result.FAIL, "no addresses are learned", PcapLibrary.PACKAGE_REMEDY);
    }
  }

  private static Finding right() {
    boolean may = PcapLibrary.mayCapture().orElse(true);
    return may
        ? new Finding(SUBJECT, "CAP_NET_RAW", Result.PASS, "packets can be captured", "")
        : new Finding(
            SUBJECT,
            "CAP_NET_RAW",
            Result.FAIL,
            "no addresses are learned",
            PcapLibrary.RIGHT_REMEDY);
  }
}
