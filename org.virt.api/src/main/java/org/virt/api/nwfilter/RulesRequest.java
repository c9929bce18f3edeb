package org.virt.api.nwfilter;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.virt.api.MacAddress;
import org.virt.api.PortId;

/**
 * Asks what rules a filter would become.
 *
 * @param filter name of a defined filter, or filter XML (then its first character is {@code <})
 * @param technique name of the technique; absent for the preferred one
 * @param port the port that is meant; it need not exist
 * @param mac the port's MAC address
 * @param parameters values by name of variable
 */
public record RulesRequest(
    String filter,
    Optional<String> technique,
    PortId port,
    MacAddress mac,
    Map<String, List<String>> parameters) {
  public RulesRequest {
    Objects.requireNonNull(filter, "filter");
    Objects.requireNonNull(technique, "technique");
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(mac, "mac");
    parameters = new FilterReference(filter, parameters).parameters();
  }
}
