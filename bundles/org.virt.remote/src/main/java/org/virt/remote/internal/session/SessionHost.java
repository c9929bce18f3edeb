package org.virt.remote.internal.session;

import java.util.concurrent.Executor;
import org.virt.remote.internal.sasl.ScramUsers;
import org.virt.rpc.Packet;

/** What sessions need of the server. */
public interface SessionHost {
  /** Returns the services. */
  Services services();

  /** Returns the limits. */
  Limits limits();

  /** Returns the users with passwords. */
  ScramUsers users();

  /** Returns the one thread that tells events, in their order. */
  Executor events();

  /** Returns threads for streams, one each while it is open. */
  Executor streams();

  /**
   * Begins to count a call, until {@link #end}. One that is too much to keep beside the others is
   * refused at once.
   *
   * @return whether it is to be carried out
   */
  boolean begin(Session session, Packet packet);

  /** Counts a call no more: it has been carried out. */
  void end(Packet packet);

  /**
   * Carries out a call on this thread when it waits for nobody.
   *
   * @return whether it did
   */
  boolean answerAtOnce(Session session, Packet packet);

  /** Carries out a call, on a worker. */
  void dispatch(Session session, Packet packet);

  /** Does something that may take its time. */
  void background(Runnable work);

  /** Hears that a client has gone. */
  void gone(Session session);
}
