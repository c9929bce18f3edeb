package org.virt.model.domain;

import jakarta.xml.bind.JAXBContext;
import jakarta.xml.bind.JAXBException;
import jakarta.xml.bind.Marshaller;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlTreeBuilder;
import org.virt.api.xml.XmlWriter;
import org.xml.sax.SAXException;

/** Reads and prints domain XML. Safe for use by many threads. */
public final class DomainXml {
  private static final String WHAT = "domain XML";

  private DomainXml() {}

  /**
   * Reads and checks a machine; absent values that libvirt prints always are filled in, but neither
   * UUID nor addresses.
   *
   * @throws VirtException {@code XML_ERROR} with line and column, or with the path and value of the
   *     element
   */
  public static DomainConfig parse(String xml) throws VirtException {
    return read(SafeXml.tree(WHAT, xml));
  }

  /** As {@link #parse}, of a document that was read already. */
  public static DomainConfig read(XmlElement given) throws VirtException {
    return reading(given).config();
  }

  /**
   * A machine that was read.
   *
   * @param config the machine
   * @param tree what {@link #print} prints, with its secrets
   */
  public record Reading(DomainConfig config, XmlElement tree) {
    /** Returns the tree as text. */
    public String xml() {
      return print(tree);
    }
  }

  /** As {@link #read}, where it is to be printed as well. */
  public static Reading reading(XmlElement given) throws VirtException {
    if (!given.name().equals("domain")) {
      throw new VirtException(
          ErrorCode.XML_ERROR, "read domain XML: the document is a <" + given.name() + ">");
    }
    DomainConfig config = unmarshal(given);
    new DomainCheck(config).run();
    XmlElement tree = tree(config);
    new LossCheck(given).compare(tree);
    return new Reading(config, tree);
  }

  /**
   * Prints a machine as virsh does, with its secrets: for what is kept, not for what is shown.
   *
   * @throws IllegalArgumentException when a value holds a character that XML cannot carry
   */
  public static String print(DomainConfig config) {
    return print(tree(config));
  }

  /**
   * Prints a machine as virsh does, without passwords and without the exact machine type that a
   * driver keeps beside an alias; {@link #print} otherwise.
   */
  public static String printPublic(DomainConfig config) {
    return printPublic(tree(config));
  }

  /** Returns what {@link #printPublic} prints of a machine that {@link #print} has printed. */
  public static String withoutSecrets(String printed) throws VirtException {
    return printPublic(SafeXml.tree(WHAT, printed));
  }

  /** Returns the tree of what {@link #printPublic} prints. */
  public static XmlElement publicTree(DomainConfig config) {
    return order(withoutSecrets(tree(config)));
  }

  /** As {@link #printPublic(DomainConfig)}, of a tree, which loses what is not shown. */
  public static String printPublic(XmlElement tree) {
    return print(withoutSecrets(tree));
  }

  private static XmlElement withoutSecrets(XmlElement tree) {
    for (XmlElement devices : tree.children("devices")) {
      devices.children("graphics").forEach(graphics -> graphics.remove("passwd"));
    }
    for (XmlElement os : tree.children("os")) {
      os.children("type").forEach(type -> type.remove("exact"));
    }
    return tree;
  }

  private static String print(XmlElement tree) {
    XmlWriter out = new XmlWriter();
    order(tree).write(out);
    return out.toString();
  }

  private static XmlElement order(XmlElement tree) {
    ElementOrder.apply(tree);
    for (XmlElement child : tree.children()) {
      int colon = child.name().indexOf(':');
      if (colon > 0) {
        tree.declare(child.name().substring(0, colon), child.namespace());
      }
    }
    return tree;
  }

  private static DomainConfig unmarshal(XmlElement given) throws VirtException {
    try {
      return ModelReader.read(Context.INSTANCE, given);
    } catch (JAXBException | SAXException e) {
      throw new VirtException(ErrorCode.XML_ERROR, "read domain XML: " + e.getMessage(), e);
    }
  }

  /** Returns a machine as a tree, with its secrets. */
  public static XmlElement tree(DomainConfig config) {
    try {
      XmlTreeBuilder builder = new XmlTreeBuilder();
      Marshaller marshaller = Context.INSTANCE.createMarshaller();
      marshaller.setListener(new KeptElementsWriter(builder));
      marshaller.marshal(config, builder);
      config.otherElements.forEach(builder.root()::append);
      return builder.root();
    } catch (JAXBException e) {
      throw new IllegalStateException("print domain XML of " + config.name, e);
    }
  }

  /**
   * Adds the other elements to each element before JAXB ends it; of the root it tells only after
   * its end.
   */
  private static final class KeptElementsWriter extends Marshaller.Listener {
    private final XmlTreeBuilder out;

    KeptElementsWriter(XmlTreeBuilder out) {
      this.out = out;
    }

    @Override
    public void afterMarshal(Object source) {
      if (source instanceof ConfigNode node && !(source instanceof DomainConfig)) {
        node.otherElements.forEach(out::append);
      } else if (source instanceof Rng.Backend backend) {
        backend.otherElements().forEach(out::append);
      }
    }
  }

  /** Made at first use, for it takes most of the time of a first call. */
  private static final class Context {
    static final JAXBContext INSTANCE = make();

    /**
     * JAXB looks for its implementation through the thread: only this bundle's imports are sure to
     * have it.
     */
    private static JAXBContext make() {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(DomainXml.class.getClassLoader());
      try {
        return JAXBContext.newInstance(DomainConfig.class);
      } catch (JAXBException e) {
        throw new IllegalStateException("set up the model of domain XML", e);
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }
}
