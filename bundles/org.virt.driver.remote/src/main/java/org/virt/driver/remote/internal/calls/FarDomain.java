package org.virt.driver.remote.internal.calls;

import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.driver.remote.internal.link.LinkStream;
import org.virt.rpc.Program;
import org.virt.rpc.XdrStruct;

/**
 * A machine on the other end, as the first argument of calls.
 *
 * @param far asks
 * @param id which machine
 */
record FarDomain(Far far, DomainId id) {
  /** Asks for something about it. */
  XdrStruct call(String procedure, Object... more) throws VirtException {
    try {
      return far.call(procedure, with(more));
    } catch (VirtException e) {
      throw far.noted(id, e);
    }
  }

  /** Asks for what takes as long as its memory is large. */
  XdrStruct callLong(String procedure, Object... more) throws VirtException {
    try {
      return far.callLong(procedure, with(more));
    } catch (VirtException e) {
      throw far.noted(id, e);
    }
  }

  /** Asks QEMU's own program, with a limit of its own. */
  XdrStruct callQemu(java.time.Duration limit, String procedure, Object... more)
      throws VirtException {
    try {
      return far.begin(Program.QEMU, procedure, with(more)).await(limit);
    } catch (VirtException e) {
      throw far.noted(id, e);
    }
  }

  /** Asks; the answer is waited for later. */
  Answer begin(String procedure, Object... more) throws VirtException {
    return far.begin(procedure, with(more));
  }

  /** Asks for a stream. */
  XdrStruct open(LinkStream stream, String procedure, Object... more) throws VirtException {
    try {
      return far.open(stream, procedure, with(more));
    } catch (VirtException e) {
      throw far.noted(id, e);
    }
  }

  private Object[] with(Object[] more) throws VirtException {
    Object[] args = new Object[more.length + 1];
    args[0] = far.domain(id);
    System.arraycopy(more, 0, args, 1, more.length);
    return args;
  }
}
