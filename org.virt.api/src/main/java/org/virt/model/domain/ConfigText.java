package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAnyAttribute;
import jakarta.xml.bind.annotation.XmlTransient;
import jakarta.xml.bind.annotation.XmlValue;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.namespace.QName;

/** An element of the model that holds text and no elements. */
@XmlTransient
public abstract class ConfigText {
  /** The text. */
  @XmlValue public String value;

  /** Attributes that the model does not name. */
  @XmlAnyAttribute public Map<QName, String> otherAttributes = new LinkedHashMap<>();
}
