package org.virt.remote.internal.calls;

import org.virt.api.VirtException;
import org.virt.rpc.XdrStruct;

/** Carries out a procedure. */
@FunctionalInterface
interface Handler {
  /** Returns the reply, made by {@link Call#reply}. */
  XdrStruct handle(Call call) throws VirtException;
}
