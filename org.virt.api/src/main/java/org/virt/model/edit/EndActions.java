package org.virt.model.edit;

import org.virt.api.VirtException;
import org.virt.api.domain.LifeVerbs.Occasion;
import org.virt.api.domain.LifeVerbs.Outcome;

/** What becomes of a run when its guest ends it. */
public final class EndActions {
  private EndActions() {}

  /**
   * Sets what becomes of a run.
   *
   * @throws VirtException {@code INVALID_ARG} for an outcome that is only for a crash
   */
  public static void write(DomainTree tree, Occasion occasion, Outcome outcome)
      throws VirtException {
    if (!outcome.isFor(occasion)) {
      throw DomainTree.invalid(
          "%s cannot be %s: it is for a crash".formatted(occasion.element(), outcome.text()));
    }
    tree.make(occasion.element()).setText(outcome.text());
  }
}
