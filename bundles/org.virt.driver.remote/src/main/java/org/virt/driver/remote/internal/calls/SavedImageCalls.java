package org.virt.driver.remote.internal.calls;

import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.Flag;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SaveVerbs.SaveFlag;
import org.virt.api.domain.SavedImages;

/** Asks about saved machines in files of the other end. */
record SavedImageCalls(Far far) implements SavedImages {
  @Override
  public void restore(String path, Optional<String> xml, Set<SaveFlag> flags) throws VirtException {
    far.callLong("domain_restore_flags", path, xml.orElse(null), Flag.word(flags));
  }

  @Override
  public String saveImageXml(String path, Passwords passwords) throws VirtException {
    return far.call("domain_save_image_get_xml_desc", path, passwords.ordinal()).text("xml");
  }

  @Override
  public void saveImageDefineXml(String path, String xml, Set<SaveFlag> flags)
      throws VirtException {
    far.call("domain_save_image_define_xml", path, xml, Flag.word(flags));
  }
}
