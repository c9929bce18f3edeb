package org.virt.model.edit;

import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.MetadataVerbs.Kind;
import org.virt.api.domain.MetadataVerbs.Note;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;

/** Title, description and metadata of a machine. */
public final class Notes {
  private static final String METADATA = "metadata";

  private Notes() {}

  /**
   * Returns a note; an element with its namespace declared.
   *
   * @throws VirtException {@code NO_DOMAIN_METADATA} when there is none
   */
  public static String read(DomainTree tree, Note note) throws VirtException {
    Optional<XmlElement> found =
        note.kind() == Kind.ELEMENT ? element(tree, note.uri()) : tree.find(name(note));
    XmlElement element =
        found.orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_DOMAIN_METADATA,
                    "metadata not found: Requested metadata element is not present"));
    if (note.kind() != Kind.ELEMENT) {
      return element.text();
    }
    XmlWriter out = new XmlWriter();
    unprefixed(element).write(out);
    return out.toString().stripTrailing();
  }

  /** Sets a note, or removes it. */
  public static void write(DomainTree tree, Note note, Optional<String> value)
      throws VirtException {
    if (note.kind() == Kind.ELEMENT) {
      writeElement(tree, note, value);
      return;
    }
    if (note.kind() == Kind.TITLE && value.filter(text -> text.contains("\n")).isPresent()) {
      throw DomainTree.invalid("metadata title can't contain newlines");
    }
    if (value.isEmpty() || value.get().isEmpty()) {
      tree.find(name(note)).ifPresent(tree.root()::remove);
    } else {
      tree.make(name(note)).setText(value.get());
    }
  }

  private static void writeElement(DomainTree tree, Note note, Optional<String> value)
      throws VirtException {
    if (note.uri().isEmpty()) {
      throw DomainTree.invalid("metadata needs a namespace");
    }
    Optional<XmlElement> old = element(tree, note.uri());
    if (value.isEmpty()) {
      old.ifPresent(element -> tree.prune(METADATA, element));
      return;
    }
    if (!note.key().matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
      throw DomainTree.invalid("'" + note.key() + "' cannot be the prefix of a namespace");
    }
    XmlElement made = prefixed(SafeXml.tree(METADATA, value.get()), note);
    tree.make(METADATA).replace(old.orElse(null), made);
  }

  private static Optional<XmlElement> element(DomainTree tree, String uri) {
    return tree.find(METADATA).stream()
        .flatMap(metadata -> metadata.children().stream())
        .filter(child -> child.namespace().equals(uri))
        .findFirst();
  }

  /** libvirt keeps {@code <a/>} as {@code <key:a xmlns:key='uri'/>}, all that has no namespace. */
  private static XmlElement prefixed(XmlElement element, Note note) {
    return renamed(element, "", note.uri(), note.key() + ":");
  }

  private static XmlElement unprefixed(XmlElement element) {
    return renamed(element, element.namespace(), "", "");
  }

  private static XmlElement renamed(XmlElement from, String namespace, String to, String prefix) {
    boolean meant = from.namespace().equals(namespace);
    String local = from.name().substring(from.name().indexOf(':') + 1);
    XmlElement made =
        meant ? new XmlElement(to, prefix + local) : new XmlElement(from.namespace(), from.name());
    from.attributes().forEach(made::set);
    for (XmlElement child : from.children()) {
      made.append(renamed(child, namespace, to, prefix));
    }
    if (from.children().isEmpty() && !from.text().isEmpty()) {
      made.append(from.text());
    }
    return made;
  }

  private static String name(Note note) {
    return note.kind() == Kind.TITLE ? "title" : "description";
  }
}
