package org.virt.driver.qemu.internal.guest;

import java.util.ArrayList;
import java.util.List;

/**
 * A value that domain XML may have for a kind of device; domain capabilities list those that the
 * program can do.
 *
 * @param list libvirt's name of the list that it stands in, such as {@code modelType}
 * @param value as in domain XML
 * @param type QEMU's type of object that it takes; empty when it takes none
 */
public record Offer(String list, String value, String type) {
  /** Makes those of one list: values and types in turn. */
  public static List<Offer> list(String list, String... valuesAndTypes) {
    List<Offer> offers = new ArrayList<>();
    for (int i = 0; i < valuesAndTypes.length; i += 2) {
      offers.add(new Offer(list, valuesAndTypes[i], valuesAndTypes[i + 1]));
    }
    return List.copyOf(offers);
  }

  /** Returns the values. */
  public static String[] values(List<Offer> offers) {
    return offers.stream().map(Offer::value).toArray(String[]::new);
  }

  /** Returns several lists as one. */
  @SafeVarargs
  public static List<Offer> all(List<Offer>... lists) {
    List<Offer> offers = new ArrayList<>();
    for (List<Offer> list : lists) {
      offers.addAll(list);
    }
    return List.copyOf(offers);
  }
}
