package org.virt.driver.remote.internal.calls;

import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.MetadataVerbs;

/** Asks for notes about a machine. */
record MetadataCalls(FarDomain domain) implements MetadataVerbs {
  @Override
  public String metadata(Note note, Affects affects) throws VirtException {
    return domain
        .call("domain_get_metadata", note.kind().ordinal(), orNothing(note.uri()), affects.bits())
        .text("metadata");
  }

  @Override
  public void setMetadata(Note note, Optional<String> value, Affects affects) throws VirtException {
    domain.call(
        "domain_set_metadata",
        note.kind().ordinal(),
        value.orElse(null),
        orNothing(note.key()),
        orNothing(note.uri()),
        affects.bits());
  }

  private static String orNothing(String text) {
    return text.isEmpty() ? null : text;
  }
}
