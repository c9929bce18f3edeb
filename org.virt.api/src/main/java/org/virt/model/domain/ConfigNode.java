package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAnyAttribute;
import jakarta.xml.bind.annotation.XmlAnyElement;
import jakarta.xml.bind.annotation.XmlTransient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.namespace.QName;
import org.virt.api.xml.XmlElement;

/** An element of the model, which keeps what the model does not name. */
@XmlTransient
public abstract class ConfigNode {
  /** Elements that the model does not name. */
  @XmlTransient public List<XmlElement> otherElements = new ArrayList<>();

  /** Attributes that the model does not name. */
  @XmlAnyAttribute public Map<QName, String> otherAttributes = new LinkedHashMap<>();

  /**
   * Gives JAXB nothing to write: {@link DomainXml} adds the other elements itself, with their order
   * of attributes.
   */
  @XmlAnyElement(KeptElements.class)
  protected List<XmlElement> getKept() {
    return null;
  }

  /** Takes the list that JAXB is about to fill. */
  protected void setKept(List<XmlElement> kept) {
    otherElements = kept;
  }
}
