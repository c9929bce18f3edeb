package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * A set or map with elements of ports.
 *
 * @param name its name, in all families the only one
 * @param family of the table that it is in
 * @param key what its keys are made of
 * @param data what keys lead to
 * @param timed whether elements may end by themselves
 */
record PortSet(String name, int family, List<KeyPart> key, Data data, boolean timed) {
  /** What a key leads to. */
  enum Data {
    NOTHING,
    VERDICT,
    MARK,
    /** Nothing; the rules themselves put elements in. */
    DYNAMIC
  }

  PortSet(String name, int family, Data data, KeyPart... key) {
    this(name, family, List.of(key), data, false);
  }

  /** Returns the same, with elements that may end by themselves. */
  PortSet withTimes() {
    return new PortSet(name, family, key, data, true);
  }

  /** Says whether a port's elements change when its next program takes its place. */
  boolean changesWithNext() {
    return timed || name.equals(Layout.BEFORE_FROM) || name.equals(Layout.BEFORE_TO);
  }

  /** Returns the same as the own set of a program. */
  PortSet inGroup(String group) {
    return new PortSet(GroupName.with(group, name), family, key, data, timed);
  }

  /** Makes a key of the values of its parts. */
  byte[] key(byte[]... values) {
    ByteBuffer bytes = ByteBuffer.allocate(KeyPart.length(key));
    int end = 0;
    for (int i = 0; i < values.length; i++) {
      bytes.put(values[i]);
      end += key.get(i).padded();
      bytes.position(end);
    }
    return bytes.array();
  }

  /** Returns a key as nft writes it. */
  String text(byte[] bytes) {
    StringJoiner text = new StringJoiner(" . ");
    int start = 0;
    for (KeyPart part : key) {
      text.add(part.text(Arrays.copyOfRange(bytes, start, start + part.padded())));
      start += part.padded();
    }
    return text.toString();
  }

  /** Returns how nft writes the type. */
  String typeText() {
    String leads =
        switch (data) {
          case NOTHING, DYNAMIC -> "";
          case VERDICT -> " : verdict";
          case MARK -> " : mark";
        };
    return KeyPart.typeText(key) + leads;
  }
}
