package org.virt.model.domain;

import jakarta.xml.bind.JAXBContext;
import jakarta.xml.bind.JAXBException;
import jakarta.xml.bind.Unmarshaller;
import jakarta.xml.bind.UnmarshallerHandler;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlTransient;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlTreeBuilder;
import org.xml.sax.SAXException;

/**
 * Has JAXB read what the model names, and keeps the other elements itself: JAXB would make a
 * transformer for each of them.
 */
final class ModelReader extends Unmarshaller.Listener {
  private static final ClassValue<Set<String>> NAMES =
      new ClassValue<>() {
        @Override
        protected Set<String> computeValue(Class<?> type) {
          return Arrays.stream(type.getFields())
              .filter(field -> !field.isAnnotationPresent(XmlAttribute.class))
              .filter(field -> !field.isAnnotationPresent(XmlTransient.class))
              .map(ModelReader::name)
              .collect(Collectors.toUnmodifiableSet());
        }
      };

  private Object begun;

  private ModelReader() {}

  static DomainConfig read(JAXBContext context, XmlElement given)
      throws JAXBException, SAXException {
    Unmarshaller unmarshaller = context.createUnmarshaller();
    // What JAXB has no place for, LossCheck finds, with a better message.
    unmarshaller.setEventHandler(event -> true);
    ModelReader reader = new ModelReader();
    unmarshaller.setListener(reader);
    UnmarshallerHandler handler = unmarshaller.getUnmarshallerHandler();
    handler.startDocument();
    XmlTreeBuilder.replay(given, handler, element -> reader.named());
    handler.endDocument();
    return (DomainConfig) handler.getResult();
  }

  /** Returns the name of the element that a field stands for. */
  static String name(Field field) {
    var named = field.getAnnotation(jakarta.xml.bind.annotation.XmlElement.class);
    return named == null ? field.getName() : named.name();
  }

  @Override
  public void beforeUnmarshal(Object target, Object parent) {
    begun = target;
  }

  /** Sends what the object of the element that has just begun names, and keeps all else in it. */
  private Predicate<XmlElement> named() {
    Object own = begun;
    begun = null;
    if (!(own instanceof ConfigNode node)) {
      return child -> true;
    }
    Set<String> names = NAMES.get(node.getClass());
    return child -> {
      boolean named = child.namespace().isEmpty() && names.contains(child.name());
      if (!named) {
        node.otherElements.add(child);
      }
      return named;
    };
  }
}
