package org.virt.api.domain;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: what a person does at a screen and keyboard. */
@ConsumerType
public interface ScreenVerbs {
  /** Returns a picture of a screen, from 0. */
  default Picture screenshot(int screen) throws VirtException {
    throw Unsupported.verb("virDomainScreenshot");
  }

  /**
   * Presses keys together.
   *
   * @param codes numbers of the set, at most 16
   * @param hold how long they are held; zero: as long as the hypervisor likes
   */
  default void sendKey(KeyCodes set, List<Integer> codes, Duration hold) throws VirtException {
    throw Unsupported.verb("virDomainSendKey");
  }

  /** Sends a signal to a process in the guest. */
  default void sendProcessSignal(long pid, int signal) throws VirtException {
    throw Unsupported.verb("virDomainSendProcessSignal");
  }

  /** Sends the guest a non-maskable interrupt. */
  default void injectNmi() throws VirtException {
    throw Unsupported.verb("virDomainInjectNMI");
  }

  /**
   * A picture.
   *
   * @param mimeType such as {@code image/x-portable-pixmap}
   */
  record Picture(String mimeType, byte[] content) {
    public Picture {
      content = content.clone();
    }

    @Override
    public byte[] content() {
      return content.clone();
    }
  }

  /** Sets of key codes ({@code virKeycodeSet}); libvirt's numbers are the ordinals. */
  enum KeyCodes {
    LINUX,
    XT,
    ATSET1,
    ATSET2,
    ATSET3,
    OSX,
    XT_KBD,
    USB,
    WIN32,
    QNUM
  }
}
