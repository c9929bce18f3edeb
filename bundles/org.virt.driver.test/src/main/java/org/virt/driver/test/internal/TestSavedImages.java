package org.virt.driver.test.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SaveVerbs.SaveFlag;
import org.virt.api.domain.SavedImages;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/** Files of saved machines: a line that says how it goes on, and its XML. */
record TestSavedImages(TestHost host) implements SavedImages {
  private static final String MAGIC = "virt test driver image, ";
  private static final String PAUSED = "paused";

  static void write(String path, String xml, Set<SaveFlag> flags) throws VirtException {
    String state = flags.contains(SaveFlag.PAUSED) ? PAUSED : "running";
    try {
      Files.writeString(Path.of(path), MAGIC + state + "\n" + xml);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "save to " + path + ": " + e, e);
    }
  }

  private static String read(String path) throws VirtException {
    try {
      String image = Files.readString(Path.of(path));
      if (image.startsWith(MAGIC)) {
        return image;
      }
      throw new VirtException(ErrorCode.OPERATION_FAILED, "image magic is incorrect in " + path);
    } catch (NoSuchFileException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR,
          "cannot read domain image '" + path + "': No such file or directory",
          e);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "cannot read domain image '" + path + "': " + e, e);
    }
  }

  @Override
  public void restore(String path, Optional<String> xml, Set<SaveFlag> flags) throws VirtException {
    String image = read(path);
    String kept = image.substring(image.indexOf('\n') + 1);
    DomainConfig config = TestHost.parse("restore", xml.orElse(kept));
    DomainId id = host.restore(config);
    boolean paused = image.startsWith(MAGIC + PAUSED) && !flags.contains(SaveFlag.RUNNING);
    if (paused || flags.contains(SaveFlag.PAUSED)) {
      host.suspend(id);
    }
  }

  @Override
  public String saveImageXml(String path, Passwords passwords) throws VirtException {
    String image = read(path);
    String xml = image.substring(image.indexOf('\n') + 1);
    return passwords == Passwords.SHOWN ? xml : DomainXml.printPublic(DomainXml.parse(xml));
  }

  @Override
  public void saveImageDefineXml(String path, String xml, Set<SaveFlag> flags)
      throws VirtException {
    String image = read(path);
    boolean paused = image.startsWith(MAGIC + PAUSED) && !flags.contains(SaveFlag.RUNNING);
    TestHost.parse("edit the image of", xml);
    write(path, xml, paused ? Set.of(SaveFlag.PAUSED) : flags);
  }
}
