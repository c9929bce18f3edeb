package org.virt.driver.remote.internal.calls;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** Typed parameters as calls have them: asked how many there are, then for so many. */
final class Parameters {
  private Parameters() {}

  /** Asks for typed parameters, given how many. */
  @FunctionalInterface
  interface Asked {
    XdrStruct ask(int count) throws VirtException;
  }

  /** Returns all parameters. */
  static TypedParameters all(Asked asked) throws VirtException {
    int count = asked.ask(0).integer("nparams");
    return count == 0 ? new TypedParameters(List.of()) : of(asked.ask(count));
  }

  /** Returns the parameters of an answer. */
  static TypedParameters of(XdrStruct answer) {
    return TypedValues.of(answer.structs("params"));
  }
}
