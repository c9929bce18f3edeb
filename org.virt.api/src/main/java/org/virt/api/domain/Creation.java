package org.virt.api.domain;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.LifeVerbs.StartFlag;

/** Facet of a connection: starting transient machines otherwise than plainly. */
@ConsumerType
public interface Creation {
  /** Starts a transient machine; see {@link org.virt.api.Connect#create}. */
  default DomainId createXml(String xml, Set<StartFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainCreateXML");
  }

  /**
   * Defines a machine whose XML holds nothing that is not known ({@code
   * VIR_DOMAIN_DEFINE_VALIDATE}).
   *
   * @throws VirtException {@code XML_INVALID_SCHEMA} with the first word that is not known
   */
  default DomainId defineValid(String xml) throws VirtException {
    throw Unsupported.verb("virDomainDefineXMLFlags with VIR_DOMAIN_DEFINE_VALIDATE");
  }
}
