package org.virt.common.net;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.PortId;

/** Hears of interfaces, in order, on a thread of the sender's. */
@ConsumerType
public interface LinkListener {
  /** An interface was made, renamed or changed; sent again at times when nothing is new. */
  void changed(Link link);

  /** An interface is gone from this network namespace. */
  void removed(int index, PortId name);

  /** Notices were lost: read the list again. */
  void resync();
}
