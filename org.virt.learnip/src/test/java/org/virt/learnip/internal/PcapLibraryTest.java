package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.HostCheck.Finding;
import org.virt.api.HostCheck.Result;
import org.virt.api.VirtException;

class PcapLibraryTest {
  @BeforeEach
  void hide() {
    System.setProperty(PcapLibrary.NAME_PROPERTY, "no-such-pcap");
  }

  @AfterEach
  void show() {
    System.clearProperty(PcapLibrary.NAME_PROPERTY);
  }

  @Test
  void saysWhatToInstallWhenTheLibraryIsMissing() {
    VirtException thrown = assertThrows(VirtException.class, PcapCapture::open);
    assertEquals(ErrorCode.OPEN_FAILED, thrown.code());
    assertTrue(thrown.getMessage().contains("apt-get install libpcap"), thrown.getMessage());
  }

  @Test
  void checkNamesTheMissingLibrary() {
    Finding finding = new PcapCheck().check().get(0);
    assertEquals(Result.FAIL, finding.result());
    assertEquals("libpcap", finding.what());
    assertEquals(PcapLibrary.PACKAGE_REMEDY, finding.remedy());
  }
}
