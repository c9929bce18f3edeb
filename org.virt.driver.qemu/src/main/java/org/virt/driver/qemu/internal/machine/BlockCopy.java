package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.BlockJobVerbs.CopyFlag;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;

/**
 * Makes the image that a disk is copied to, and opens it.
 *
 * @param target what the copy is to be
 * @param path of its image
 */
record BlockCopy(Run run, XmlElement disk, XmlElement target, String path) {
  /** How the node of a copy ends; its storage's ends otherwise. */
  static final String NODE = "-copy-format";

  private static final Duration CREATE_LIMIT = Duration.ofSeconds(30);

  static BlockCopy of(Run run, XmlElement disk, XmlElement target) throws VirtException {
    String path =
        DeviceEdit.path(target)
            .orElseThrow(
                () -> new VirtException(ErrorCode.INVALID_ARG, "the copy has no file or device"));
    return new BlockCopy(run, disk, target, path);
  }

  /** Makes the image, unless it is to be there. */
  void make(Set<CopyFlag> flags, Undo undo) throws VirtException {
    if (flags.contains(CopyFlag.REUSE_EXT) || !"file".equals(target.attribute("type"))) {
      return;
    }
    if (Files.exists(Path.of(path))) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "external destination file '" + path + "' exists already; use --reuse-external");
    }
    JsonObject image = BlockChain.image(run, DeviceEdit.alias(disk));
    new ImageFile(Path.of(path), format()).create(Json.number(image, "virtual-size"), CREATE_LIMIT);
    undo.add(() -> MachineFiles.deleteQuietly(Path.of(path)));
  }

  private String format() {
    return target
        .child("driver")
        .map(driver -> driver.attribute("type"))
        .orElse(BlockChain.format(disk));
  }

  /** Opens the image; returns its node. */
  String open(Undo undo) throws VirtException {
    String prefix = "h" + Long.toHexString(System.nanoTime() & 0xffffffffL);
    String driver = "block".equals(target.attribute("type")) ? "host_device" : "file";
    String storage = prefix + "-copy-storage";
    add(Json.object("driver", driver, "filename", path, "node-name", storage), undo);
    String node = prefix + NODE;
    add(Json.object("driver", format(), "file", storage, "node-name", node), undo);
    return node;
  }

  private void add(JsonObject node, Undo undo) throws VirtException {
    run.execute("blockdev-add", node);
    String name = Json.text(node, "node-name");
    undo.add(() -> PlugPlan.quietly(run, "blockdev-del", "node-name", name));
  }
}
