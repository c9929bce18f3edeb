package org.virt.model.edit;

import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Memory and number of virtual CPUs of a machine. */
public final class Sizes {
  private Sizes() {}

  /** Returns the most memory, KiB; only of XML that DomainXml has printed. */
  public static long maxMemory(DomainTree tree) {
    return Long.parseLong(tree.text("memory"));
  }

  /** Returns the memory, KiB. */
  public static long memory(DomainTree tree) {
    String now = tree.text("currentMemory");
    return now.isEmpty() ? maxMemory(tree) : Long.parseLong(now);
  }

  /** Sets the memory, KiB. */
  public static void memory(DomainTree tree, long kib) throws VirtException {
    if (kib <= 0) {
      throw DomainTree.invalid("memory in setmem must not be zero");
    }
    if (kib > maxMemory(tree)) {
      throw DomainTree.invalid("cannot set memory higher than max memory");
    }
    amount(tree.make("currentMemory"), kib);
  }

  /** Sets the most memory, KiB; what it has now is no more than that afterwards. */
  public static void maxMemory(DomainTree tree, long kib) throws VirtException {
    if (kib <= 0) {
      throw DomainTree.invalid("max memory must not be zero");
    }
    amount(tree.make("memory"), kib);
    XmlElement current = tree.make("currentMemory");
    String now = current.text().strip();
    if (now.isEmpty() || Long.parseLong(now) > kib) {
      amount(current, kib);
    }
  }

  private static void amount(XmlElement element, long kib) {
    element.set("unit", "KiB");
    element.setText(Long.toString(kib));
  }

  /** Returns the most virtual CPUs. */
  public static int maxVcpus(DomainTree tree) {
    return Integer.parseInt(tree.text("vcpu"));
  }

  /** Returns how many virtual CPUs there are. */
  public static int vcpus(DomainTree tree) {
    String current = tree.make("vcpu").attribute("current");
    return current == null ? maxVcpus(tree) : Integer.parseInt(current);
  }

  /** Sets how many virtual CPUs there are. */
  public static void vcpus(DomainTree tree, int count) throws VirtException {
    int most = maxVcpus(tree);
    if (count < 1) {
      throw DomainTree.invalid("requested cpu amount must not be zero");
    }
    if (count > most) {
      throw DomainTree.invalid(
          "requested cpu amount exceeds maximum (" + count + " > " + most + ")");
    }
    XmlElement vcpu = tree.make("vcpu");
    tree.find("vcpus").ifPresent(tree.root()::remove);
    if (count == most) {
      vcpu.remove("current");
    } else {
      vcpu.set("current", Integer.toString(count));
    }
  }

  /** Sets the most virtual CPUs; there are no more than that afterwards. */
  public static void maxVcpus(DomainTree tree, int count) throws VirtException {
    if (count < 1) {
      throw DomainTree.invalid("maximum vcpu count must not be zero");
    }
    int now = vcpus(tree);
    tree.make("vcpu").setText(Integer.toString(count));
    vcpus(tree, Math.min(now, count));
  }
}
