package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAnyAttribute;
import jakarta.xml.bind.annotation.XmlAnyElement;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlMixed;
import jakarta.xml.bind.annotation.XmlTransient;
import jakarta.xml.bind.annotation.XmlType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.namespace.QName;
import org.virt.api.xml.XmlElement;

/** The element {@code rng}: a source of randomness. */
public class Rng extends Device {
  @XmlAttribute public String model;
  public Backend backend;

  /** Where the host takes it from. */
  @XmlType(name = "")
  public static class Backend {
    /** {@code random}, {@code builtin}, {@code egd}. */
    @XmlAttribute public String model;

    /** Strings, and elements that the model does not name. */
    @XmlTransient public List<Object> content = new ArrayList<>();

    /** Attributes that the model does not name. */
    @XmlAnyAttribute public Map<QName, String> otherAttributes = new LinkedHashMap<>();

    /** Returns the path of the device, for model {@code random}; empty when absent. */
    public String path() {
      return strings().collect(Collectors.joining()).strip();
    }

    /** Returns the elements that the model does not name. */
    public List<XmlElement> otherElements() {
      return content.stream()
          .filter(XmlElement.class::isInstance)
          .map(XmlElement.class::cast)
          .toList();
    }

    /** Gives JAXB the text alone to write: {@link DomainXml} adds the elements itself. */
    @XmlMixed
    @XmlAnyElement(KeptElements.class)
    protected List<Object> getKept() {
      return content.isEmpty() ? null : new ArrayList<>(strings().toList());
    }

    /** Takes the list that JAXB is about to fill. */
    protected void setKept(List<Object> kept) {
      content = kept;
    }

    private Stream<String> strings() {
      return content.stream().filter(String.class::isInstance).map(String.class::cast);
    }
  }
}
