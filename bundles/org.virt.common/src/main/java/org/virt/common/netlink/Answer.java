package org.virt.common.netlink;

import java.util.List;
import java.util.Optional;

/**
 * What the kernel said to requests.
 *
 * @param messages what it told
 * @param errors what it refused, in the order of the answers
 */
public record Answer(List<NetlinkMessage> messages, List<NetlinkError> errors) {
  public Answer {
    messages = List.copyOf(messages);
    errors = List.copyOf(errors);
  }

  /** Returns the first refusal; absent when all went well. */
  public Optional<NetlinkError> error() {
    return errors.stream().findFirst();
  }
}
