package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAnyAttribute;
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
  /** Elements that the model does not name; JAXB neither reads nor writes them. */
  @XmlTransient public List<XmlElement> otherElements = new ArrayList<>();

  /** Attributes that the model does not name. */
  @XmlAnyAttribute public Map<QName, String> otherAttributes = new LinkedHashMap<>();
}
