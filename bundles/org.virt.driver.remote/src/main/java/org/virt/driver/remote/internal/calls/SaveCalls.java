package org.virt.driver.remote.internal.calls;

import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.Flag;
import org.virt.api.domain.SaveVerbs;

/** Has a machine's memory written to files of the other end. */
record SaveCalls(FarDomain domain) implements SaveVerbs {
  @Override
  public void save(String path, Optional<String> xml, Set<SaveFlag> flags) throws VirtException {
    domain.callLong("domain_save_flags", path, xml.orElse(null), Flag.word(flags));
  }

  @Override
  public void managedSave(Set<SaveFlag> flags) throws VirtException {
    domain.callLong("domain_managed_save", Flag.word(flags));
  }

  @Override
  public boolean hasManagedSaveImage() throws VirtException {
    return domain.call("domain_has_managed_save_image", 0).integer("result") != 0;
  }

  @Override
  public void managedSaveRemove() throws VirtException {
    domain.call("domain_managed_save_remove", 0);
  }

  @Override
  public String managedSaveXml(Passwords passwords) throws VirtException {
    return domain.call("domain_managed_save_get_xml_desc", passwords.ordinal()).text("xml");
  }

  @Override
  public void managedSaveDefineXml(String xml, Set<SaveFlag> flags) throws VirtException {
    domain.call("domain_managed_save_define_xml", xml, Flag.word(flags));
  }

  @Override
  public void coreDump(String path, DumpFormat format, Set<DumpFlag> flags) throws VirtException {
    domain.callLong("domain_core_dump_with_format", path, format.ordinal(), Flag.word(flags));
  }
}
