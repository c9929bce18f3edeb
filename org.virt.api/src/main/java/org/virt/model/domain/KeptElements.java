package org.virt.model.domain;

import jakarta.xml.bind.ValidationEventHandler;
import jakarta.xml.bind.annotation.DomHandler;
import javax.xml.transform.Source;
import javax.xml.transform.sax.SAXResult;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlTreeBuilder;

/**
 * Lets JAXB keep elements with their order of attributes, which DOM would sort. JAXB can write only
 * DOM in turn.
 */
final class KeptElements implements DomHandler<XmlElement, KeptElements.Kept> {
  /** Takes one element. */
  static final class Kept extends SAXResult {
    final XmlTreeBuilder tree = new XmlTreeBuilder();

    Kept() {
      setHandler(tree);
    }
  }

  @Override
  public Kept createUnmarshaller(ValidationEventHandler errors) {
    return new Kept();
  }

  @Override
  public XmlElement getElement(Kept kept) {
    return kept.tree.root();
  }

  @Override
  public Source marshal(XmlElement element, ValidationEventHandler errors) {
    throw new UnsupportedOperationException("write " + element.name());
  }
}
