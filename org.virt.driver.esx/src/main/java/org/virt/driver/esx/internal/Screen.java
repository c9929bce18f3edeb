package org.virt.driver.esx.internal;

import java.io.IOException;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.ScreenVerbs;
import org.virt.driver.esx.internal.soap.Ref;

/** The screen of one machine. */
final class Screen implements ScreenVerbs {
  private final Vim vim;
  private final Machines machines;
  private final DomainId id;

  Screen(Vim vim, Machines machines, DomainId id) {
    this.vim = vim;
    this.machines = machines;
    this.id = id;
  }

  @Override
  public Picture screenshot(int screen) throws VirtException {
    String action = "take screenshot of domain " + id;
    if (screen != 0) {
      throw new VirtException(ErrorCode.INVALID_ARG, action + ": there is one screen, 0");
    }
    Ref machine = machines.inState(action, id, Power.ON);
    try {
      return new Picture(
          "image/png", vim.transport().get("/screen?id=" + machine.value(), vim.limit()));
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "%s: %s: %s".formatted(action, vim.host(), e.getMessage()),
          e);
    }
  }
}
