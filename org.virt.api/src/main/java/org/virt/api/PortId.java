package org.virt.api;

/**
 * The name of a network interface of the host, such as {@code vnet0}.
 *
 * @param name 1 to 15 characters as the kernel takes them (netdevice(7)): no slash, colon, white
 *     space or control character, not {@code .} or {@code ..}
 */
public record PortId(String name) implements Comparable<PortId> {
  private static final int MAX_LENGTH = 15;

  public PortId {
    boolean odd = name.chars().anyMatch(c -> c <= ' ' || c == '/' || c == ':' || c >= 0x7f);
    if (name.isEmpty()
        || name.length() > MAX_LENGTH
        || odd
        || name.equals(".")
        || name.equals("..")) {
      throw new IllegalArgumentException("not an interface name: '" + name + "'");
    }
  }

  // Written out, as those of what holds it: at each packet and call a key is compared, and what a
  // record gets by itself
  // is a chain of method handles, which takes the JVM's first compiler ten times as long.
  @Override
  public boolean equals(Object other) {
    return other instanceof PortId port && name.equals(port.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public int compareTo(PortId other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
