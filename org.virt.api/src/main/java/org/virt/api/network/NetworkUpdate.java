package org.virt.api.network;

import java.util.Objects;
import java.util.OptionalInt;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * A change of one element of a network's XML ({@code virNetworkUpdate}).
 *
 * @param command what becomes of the element
 * @param section which kind of element
 * @param parent which of several parents it is in, from 0; absent for the first that fits
 * @param xml the element
 */
public record NetworkUpdate(Command command, Section section, OptionalInt parent, String xml) {
  public NetworkUpdate {
    Objects.requireNonNull(command, "command");
    Objects.requireNonNull(section, "section");
    Objects.requireNonNull(parent, "parent");
    Objects.requireNonNull(xml, "xml");
  }

  /** What becomes of an element ({@code virNetworkUpdateCommand}). */
  public enum Command {
    /** It takes the place of the one that it describes anew. */
    MODIFY,
    /** The one that it describes is removed. */
    DELETE,
    /** It is added behind those of its kind. */
    ADD_LAST,
    /** It is added before those of its kind. */
    ADD_FIRST;

    /** Returns libvirt's number of it. */
    public int number() {
      return ordinal() + 1;
    }

    /** Returns the one with a number; {@code INVALID_ARG} when there is none. */
    public static Command of(int number) throws VirtException {
      return numbered(values(), number);
    }
  }

  /** A kind of elements ({@code virNetworkUpdateSection}). */
  public enum Section {
    BRIDGE,
    DOMAIN,
    IP,
    IP_DHCP_HOST,
    IP_DHCP_RANGE,
    FORWARD,
    FORWARD_INTERFACE,
    FORWARD_PF,
    PORTGROUP,
    DNS_HOST,
    DNS_TXT,
    DNS_SRV;

    /** Returns libvirt's number of it. */
    public int number() {
      return ordinal() + 1;
    }

    /** Returns the one with a number; {@code INVALID_ARG} when there is none. */
    public static Section of(int number) throws VirtException {
      return numbered(values(), number);
    }
  }

  private static <E extends Enum<E>> E numbered(E[] all, int number) throws VirtException {
    if (number < 1 || number > all.length) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "update a network: there is no %s %d"
              .formatted(all[0].getDeclaringClass().getSimpleName().toLowerCase(), number));
    }
    return all[number - 1];
  }
}
