package org.virt.remote.internal.calls;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Checkpoints, of which no driver has any: lists of them are empty, and none is found. */
final class CheckpointCalls {
  private static final String NONE = "there are none yet";

  void declare(Declarations all) {
    all.partly(
            "domain_list_all_checkpoints",
            NONE,
            call -> {
              call.domain();
              return call.reply(List.of(), 0);
            })
        .partly(
            "domain_checkpoint_lookup_by_name",
            NONE,
            call -> {
              call.domain();
              throw new VirtException(
                  ErrorCode.NO_DOMAIN_CHECKPOINT,
                  "no domain checkpoint with matching name '" + call.text("name") + "'");
            });
  }
}
