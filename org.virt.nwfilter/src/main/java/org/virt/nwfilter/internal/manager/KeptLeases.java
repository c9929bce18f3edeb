package org.virt.nwfilter.internal.manager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.virt.nwfilter.internal.manager.AddressFile.Line;
import org.virt.nwfilter.internal.manager.AddressFile.Place;

/**
 * Leases whose ports are gone, for the same guest when it comes again. A guest that goes on where
 * it was saved uses its lease as if nothing had happened. One that boots while the host stays up
 * begins anew, for its link was lost (RFC 7513, section 10, {@code OFFLINK_DELAY}); one that boots
 * after the host did gets its lease back (section 9.2). For one thread.
 */
final class KeptLeases {
  /** As many as a host has ports; the oldest go first. */
  private static final int MOST = 16_384;

  private final List<Line> kept = new ArrayList<>();

  /** How a guest comes to its port. */
  enum Guest {
    /** It begins anew. */
    BOOTS,
    /** It has been saved, and goes on. */
    GOES_ON
  }

  /**
   * Keeps a lease.
   *
   * @param place where it was until now
   */
  void keep(Place place, KeptAddress lease) {
    if (lease.isLease()) {
      if (kept.size() >= MOST) {
        kept.remove(0);
      }
      kept.add(new Line(place, lease));
    }
  }

  /** Says whether leases of a card are kept, whatever they are worth. */
  boolean know(LeaseHolder holder) {
    return kept.stream().anyMatch(line -> line.address().holder().isCardOf(holder));
  }

  /**
   * Returns the leases that a guest may use at once; no others of its card come back any more. What
   * it does from now on decides.
   */
  List<KeptAddress> take(LeaseHolder holder, Guest guest, Instant now) {
    List<KeptAddress> back = new ArrayList<>();
    for (Iterator<Line> all = kept.iterator(); all.hasNext(); ) {
      Line line = all.next();
      KeptAddress lease = line.address();
      if (lease.holder().isCardOf(holder)) {
        all.remove();
        boolean goesOn = guest == Guest.GOES_ON || line.place().equals(Place.EARLIER);
        if (goesOn && lease.holder().equals(holder) && lease.isValid(now)) {
          back.add(lease);
        }
      }
    }
    return back;
  }

  /** Returns those that are still valid. */
  List<Line> lines(Instant now) {
    kept.removeIf(line -> !line.address().isValid(now));
    return List.copyOf(kept);
  }
}
