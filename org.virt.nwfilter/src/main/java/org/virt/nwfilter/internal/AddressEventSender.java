package org.virt.nwfilter.internal;

import java.util.HashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.virt.api.Subscription;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.PortAddress;

/**
 * Sends what happens to addresses as OSGi events of the topics {@code org/virt/address/LEARNED},
 * {@code RENEWED}, {@code EXPIRED}, {@code CONFLICT} and {@code REFUSED}; there only while an event
 * admin is.
 */
@Component(service = {})
public final class AddressEventSender {
  static final String TOPIC = "org/virt/address/";

  private final EventAdmin admin;
  private final Subscription subscription;

  /** Begins to send. */
  @Activate
  public AddressEventSender(@Reference FilterManager filters, @Reference EventAdmin admin) {
    this.admin = admin;
    this.subscription =
        filters.subscribe(
            new FilterListener() {
              @Override
              public void addressEvent(AddressEvent event) {
                send(event);
              }
            });
  }

  private void send(AddressEvent event) {
    admin.postEvent(new Event(TOPIC + event.kind(), properties(event)));
  }

  /**
   * Port, machine and address as text; {@code expires} in milliseconds since 1970, when it ends.
   */
  static Map<String, Object> properties(AddressEvent event) {
    PortAddress address = event.address();
    Map<String, Object> properties = new HashMap<>();
    properties.put("port", address.port().name());
    properties.put("mac", address.mac().toString());
    properties.put("machine", event.machine().name());
    properties.put("machine.uuid", event.machine().uuid().toString());
    properties.put("address", address.address().getHostAddress());
    properties.put("source", address.source().name());
    properties.put("detail", event.detail());
    address.expires().ifPresent(end -> properties.put("expires", end.toEpochMilli()));
    return properties;
  }

  /** Ends sending. */
  @Deactivate
  public void deactivate() {
    subscription.close();
  }
}
