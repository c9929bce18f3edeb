package org.virt.api.domain;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Facet of a machine: its XML with the passwords that {@link Domain#xml} leaves out. */
@ConsumerType
@FunctionalInterface
public interface SecretVerbs {
  /** Returns domain XML with passwords; defined again, it changes nothing. */
  String xmlWithSecrets(XmlView view) throws VirtException;

  /** Returns domain XML with passwords, if the driver keeps any. */
  static String xml(Domain domain, XmlView view) throws VirtException {
    try {
      return domain.facet(SecretVerbs.class).xmlWithSecrets(view);
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT) {
        return domain.xml(view);
      }
      throw e;
    }
  }
}
