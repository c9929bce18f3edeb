package org.virt.driver.qemu.internal.machine;

import java.util.Optional;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.MetadataVerbs;
import org.virt.model.edit.Notes;

/** Title, description and metadata of one machine. */
final class NoteVerbs extends Edits implements MetadataVerbs {
  NoteVerbs(MachineHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public String metadata(Note note, Affects affects) throws VirtException {
    return look("get metadata of", affects, tree -> Notes.read(tree, note));
  }

  @Override
  public void setMetadata(Note note, Optional<String> value, Affects affects) throws VirtException {
    change("set metadata of", affects, tree -> Notes.write(tree, note, value), Live.NOTHING);
    Machine machine = host.find(id);
    machine.send(new DomainNotice.MetadataChange(machine.subject(), note.kind(), note.uri()));
  }
}
