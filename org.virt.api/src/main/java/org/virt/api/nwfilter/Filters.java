package org.virt.api.nwfilter;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.PortId;
import org.virt.api.VirtException;

/**
 * Filters and bindings: those of this host, of which {@link FilterManager} knows more, or those of
 * another one, as a facet of the connection to it.
 */
@ConsumerType
public interface Filters {
  /**
   * Keeps a filter, in place of that of the same UUID and name. Ports that reach it get the new
   * rules, all or none.
   *
   * @param xml filter XML (libvirt's formatnwfilter)
   * @throws VirtException {@code XML_ERROR} with line and column, {@code INVALID_NWFILTER} for a
   *     loop or an unknown filter, {@code BUILD_FIREWALL} with the port whose rules could not be
   *     replaced; the old definition stays
   */
  NetworkFilter define(String xml) throws VirtException;

  /**
   * Forgets a filter.
   *
   * @throws VirtException {@code NO_NWFILTER}; {@code OPERATION_INVALID} when a binding or another
   *     filter refers to it
   */
  void undefine(String nameOrUuid) throws VirtException;

  /** Returns all filters, sorted by name. */
  List<NetworkFilter> filters() throws VirtException;

  /**
   * Returns one filter.
   *
   * @throws VirtException {@code NO_NWFILTER}
   */
  NetworkFilter filter(String nameOrUuid) throws VirtException;

  /**
   * Protects an existing interface as {@code filterbinding} XML says, and returns the binding.
   *
   * @throws VirtException {@code NO_NWFILTER}; {@code INVALID_NWFILTER_BINDING} with the missing
   *     variable; {@code NO_INTERFACE}; {@code BUILD_FIREWALL} when no rules could be applied
   */
  FilterBinding bind(String xml) throws VirtException;

  /**
   * Ends the protection of a port: its rules go, its link stays as it is.
   *
   * @throws VirtException {@code NO_NWFILTER_BINDING}
   */
  void unbind(PortId port) throws VirtException;

  /** Returns all bindings, sorted by port. */
  List<FilterBinding> bindings() throws VirtException;

  /**
   * Returns a port's binding as {@code filterbinding} XML.
   *
   * @throws VirtException {@code NO_NWFILTER_BINDING}
   */
  String bindingXml(PortId port) throws VirtException;
}
