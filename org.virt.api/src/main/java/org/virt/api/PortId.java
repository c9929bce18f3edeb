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

  @Override
  public int compareTo(PortId other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
