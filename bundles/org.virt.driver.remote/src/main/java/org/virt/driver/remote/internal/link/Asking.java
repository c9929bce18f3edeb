package org.virt.driver.remote.internal.link;

import java.time.Duration;
import org.virt.api.VirtException;
import org.virt.rpc.Procedure;
import org.virt.rpc.XdrStruct;

/** A connection that calls are made on. */
interface Asking {
  /** Asks, and waits for the answer as {@link Answer#await} does. */
  XdrStruct ask(Procedure procedure, XdrStruct args, Duration limit) throws VirtException;
}
