package org.virt.api.nwfilter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Filters and bindings of another installation that are to be taken over.
 *
 * @param documents filter and binding XML by the name that reports call it, such as that of its
 *     file; libvirt's status files of bindings, too; in any order
 * @param existing what happens to a different filter or binding that is here already
 */
public record ImportRequest(Map<String, String> documents, Existing existing) {
  public ImportRequest {
    documents = Collections.unmodifiableMap(new LinkedHashMap<>(documents));
    Objects.requireNonNull(existing, "existing");
  }

  /** What happens to a different definition of the same name. */
  public enum Existing {
    /** It stays. */
    KEEP,
    /** The imported one takes its place. */
    REPLACE
  }
}
