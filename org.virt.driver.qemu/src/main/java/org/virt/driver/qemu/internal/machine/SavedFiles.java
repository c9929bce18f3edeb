package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SaveVerbs.SaveFlag;
import org.virt.api.domain.SavedImages;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/** Files of saved machines. */
record SavedFiles(MachineHost host) implements SavedImages {
  @Override
  public void restore(String path, Optional<String> xml, Set<SaveFlag> flags) throws VirtException {
    Path file = Path.of(path);
    SaveImage image = SaveImage.read(file);
    DomainConfig config =
        host.definitions().complete("restore", host.scripts().restore(xml.orElse(image.xml())));
    String saved = DomainXml.parse(image.xml()).uuid;
    if (!config.uuid.equals(saved)) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "restore " + path + ": the XML given is that of another domain");
    }
    boolean running =
        flags.contains(SaveFlag.RUNNING) || (image.running() && !flags.contains(SaveFlag.PAUSED));
    host.starts().restore(config, new StartOrder(!running, Optional.of(file)));
  }

  @Override
  public String saveImageXml(String path, Passwords passwords) throws VirtException {
    return xml(Path.of(path), passwords);
  }

  /** Returns the domain XML in a file. */
  static String xml(Path file, Passwords passwords) throws VirtException {
    String xml = SaveImage.read(file).xml();
    return passwords == Passwords.SHOWN ? xml : DomainXml.printPublic(DomainXml.parse(xml));
  }

  @Override
  public void saveImageDefineXml(String path, String xml, Set<SaveFlag> flags)
      throws VirtException {
    Path file = Path.of(path);
    DomainConfig config = host.definitions().complete("edit the image of", xml);
    if (!config.uuid.equals(DomainXml.parse(SaveImage.read(file).xml()).uuid)) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "edit " + path + ": the XML given is that of another domain");
    }
    replace(file, DomainXml.print(config), flags);
  }

  static void replace(Path file, String xml, Set<SaveFlag> flags) throws VirtException {
    SaveImage image = SaveImage.read(file);
    boolean running =
        flags.contains(SaveFlag.RUNNING) || (image.running() && !flags.contains(SaveFlag.PAUSED));
    image.replace(file, xml, running);
  }
}
