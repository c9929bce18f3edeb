package org.virt.driver.qemu.internal.machine;

import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DomainTree;
import org.virt.model.edit.Sizes;

/**
 * What is kept for the next start of a machine. Of a thousand that are taken up few are looked at:
 * all but name and UUID is read when it is asked for.
 */
final class Definition {
  private static final Pattern HEAD =
      Pattern.compile(
          "<domain [^<]*<name>[^<]+</name>\\s*<uuid>([0-9a-f-]{36})</uuid>.*</domain>\\s*",
          Pattern.DOTALL);

  private final String xml;
  private String publicXml;
  private Machine.Size size;

  /**
   * Makes one.
   *
   * @param xml complete, with passwords, as {@link DomainXml#print} has it
   */
  Definition(String xml) {
    this.xml = xml;
  }

  /** Returns the XML with passwords. */
  String xml() {
    return xml;
  }

  /**
   * Returns the machine's UUID.
   *
   * @throws VirtException {@code XML_ERROR} when this is no whole definition
   */
  DomainId id() throws VirtException {
    Matcher head = HEAD.matcher(xml);
    if (!head.matches()) {
      throw new VirtException(ErrorCode.XML_ERROR, "it is not whole");
    }
    return new DomainId(UUID.fromString(head.group(1)));
  }

  /** Returns the XML without passwords. */
  synchronized String publicXml() {
    if (publicXml == null) {
      try {
        publicXml = DomainXml.withoutSecrets(xml);
      } catch (VirtException e) {
        throw damaged(e);
      }
    }
    return publicXml;
  }

  /** Returns how big the machine will be. */
  synchronized Machine.Size size() {
    if (size == null) {
      try {
        DomainTree tree = DomainTree.of(xml);
        long memory = Sizes.maxMemory(tree);
        long current = Long.parseLong(tree.text("currentMemory"));
        size = new Machine.Size(memory, current, Sizes.vcpus(tree));
      } catch (VirtException e) {
        throw damaged(e);
      }
    }
    return size;
  }

  private static IllegalStateException damaged(VirtException e) {
    return new IllegalStateException("a kept definition is damaged: " + e.getMessage(), e);
  }
}
