package org.virt.host.internal;

import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;

/**
 * A secret's definition (libvirt's formatsecret).
 *
 * @param secret what it is
 * @param description for people
 */
record SecretXml(Secret secret, Optional<String> description) {

  /** Reads a definition; one without a UUID gets one. */
  static SecretXml parse(String xml) throws VirtException {
    XmlElement root = SafeXml.tree("secret", xml);
    if (!root.name().equals("secret")) {
      throw wrong("unexpected root element <" + root.name() + ">, expecting <secret>");
    }
    XmlElement usage = root.child("usage").orElse(new XmlElement("", "usage"));
    Secret.Usage kind = usage(usage.attribute("type"));
    Secret secret =
        new Secret(
            uuid(text(root, "uuid")),
            kind,
            kind == Secret.Usage.NONE ? "" : usageId(usage, kind),
            isYes(root, "ephemeral") ? Secret.Keeping.EPHEMERAL : Secret.Keeping.LASTING,
            isYes(root, "private") ? Secret.Disclosure.PRIVATE : Secret.Disclosure.OPEN);
    return new SecretXml(secret, text(root, "description"));
  }

  String print() {
    XmlWriter xml = new XmlWriter();
    xml.open("secret")
        .attribute("ephemeral", secret.keeping() == Secret.Keeping.EPHEMERAL ? "yes" : "no")
        .attribute("private", secret.disclosure() == Secret.Disclosure.PRIVATE ? "yes" : "no")
        .element("uuid", secret.uuid());
    description.ifPresent(text -> xml.element("description", text));
    if (secret.usage() != Secret.Usage.NONE) {
      xml.open("usage")
          .attribute("type", secret.usage().text())
          .element(secret.usage().element(), secret.usageId())
          .close();
    }
    return xml.close().toString();
  }

  private static Optional<String> text(XmlElement parent, String child) {
    return parent.child(child).map(element -> element.text().strip()).filter(t -> !t.isEmpty());
  }

  private static UUID uuid(Optional<String> given) throws VirtException {
    try {
      return given.map(UUID::fromString).orElseGet(UUID::randomUUID);
    } catch (IllegalArgumentException e) {
      throw wrong("malformed uuid element");
    }
  }

  private static Secret.Usage usage(String given) throws VirtException {
    String type = given == null ? "none" : given;
    return Arrays.stream(Secret.Usage.values())
        .filter(usage -> usage.text().equals(type))
        .findFirst()
        .orElseThrow(() -> wrong("unknown secret usage type '" + type + "'"));
  }

  private static String usageId(XmlElement usage, Secret.Usage kind) throws VirtException {
    return text(usage, kind.element())
        .orElseThrow(
            () ->
                wrong(
                    "%s usage specified, but %s is missing"
                        .formatted(kind.text(), kind.element())));
  }

  private static boolean isYes(XmlElement root, String attribute) throws VirtException {
    String value = root.attribute(attribute);
    if (value == null || value.equals("no")) {
      return false;
    }
    if (!value.equals("yes")) {
      throw wrong("invalid value of '" + attribute + "'");
    }
    return true;
  }

  private static VirtException wrong(String why) {
    return new VirtException(ErrorCode.XML_ERROR, "XML error: " + why);
  }
}
