package org.virt.core.internal;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent;
import org.virt.api.DomainListener;
import org.virt.api.ObjectEvent;
import org.virt.api.domain.DomainNotice;
import org.virt.api.host.SecretEvent;

/**
 * Keeps a listener's failures from the driver, and events of an ended subscription from the
 * listener.
 */
final class GuardedListener implements DomainListener {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

  private final DomainListener listener;
  private volatile boolean ended;

  GuardedListener(DomainListener listener) {
    this.listener = listener;
  }

  void end() {
    ended = true;
  }

  @Override
  public void event(DomainEvent event) {
    if (ended) {
      return;
    }
    try {
      listener.event(event);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("tell {} of domain {}: the listener failed", event.kind(), event.name(), e);
    }
  }

  @Override
  public void notice(DomainNotice notice) {
    if (ended) {
      return;
    }
    try {
      listener.notice(notice);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("tell {} of domain {}: the listener failed", notice.type(), notice.subject(), e);
    }
  }

  @Override
  public void event(ObjectEvent event) {
    tell(event, listener::event);
  }

  @Override
  public void event(SecretEvent event) {
    tell(event, listener::event);
  }

  private <E> void tell(E event, Consumer<E> how) {
    if (ended) {
      return;
    }
    try {
      how.accept(event);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("tell {}: the listener failed", event, e);
    }
  }
}
