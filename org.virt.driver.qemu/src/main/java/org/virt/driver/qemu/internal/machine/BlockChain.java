package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;

/** The images of a disk, as QEMU has them open. */
final class BlockChain {
  private BlockChain() {}

  /** Returns what QEMU says of the active image of a disk, and in it of those behind. */
  static JsonObject image(Run run, String alias) throws VirtException {
    return Json.child(Json.child(Disks.block(run, alias), "inserted"), "image");
  }

  /**
   * Returns the image that one has as its backing.
   *
   * @param top its file; empty: the active one
   */
  static String backing(Run run, XmlElement disk, String top) throws VirtException {
    JsonObject image = image(run, DeviceEdit.alias(disk));
    while (!top.isEmpty() && image.size() > 0 && !Json.text(image, "filename").equals(top)) {
      image = Json.child(image, "backing-image");
    }
    String backing = Json.text(Json.child(image, "backing-image"), "filename");
    if (backing.isEmpty()) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          top.isEmpty()
              ? "disk '" + DeviceEdit.target(disk) + "' has no backing image"
              : "image '" + top + "' is not in the chain of the disk, or its end");
    }
    return backing;
  }

  /**
   * Returns the files of the images of a disk that stand on another one.
   *
   * @param top the first of them; empty: the active one
   * @param base what the last of them has as its backing
   */
  static List<Path> above(Run run, XmlElement disk, String top, String base) throws VirtException {
    List<Path> files = new ArrayList<>();
    boolean within = top.isEmpty();
    JsonObject image = image(run, DeviceEdit.alias(disk));
    for (; image.size() > 0; image = Json.child(image, "backing-image")) {
      String file = Json.text(image, "filename");
      if (file.equals(base)) {
        break;
      }
      within |= file.equals(top);
      if (within && file.startsWith("/")) {
        files.add(Path.of(file));
      }
    }
    return files;
  }

  /** Returns all that QEMU has open for disks and jobs, images and what they are stored in. */
  static JsonArray nodes(Run run) throws VirtException {
    return Json.array(run.execute("query-named-block-nodes", Json.object("flat", true)));
  }

  /** Returns the files of the host among {@link #nodes}. */
  static Set<Path> open(Run run) throws VirtException {
    Set<Path> files = new HashSet<>();
    for (JsonElement node : nodes(run)) {
      String file = Json.text(node, "file");
      if (file.startsWith("/")) {
        files.add(Path.of(file));
      }
    }
    return files;
  }

  /** Returns the image that all others of a disk stand on. */
  static String last(Run run, XmlElement disk) throws VirtException {
    JsonObject image = image(run, DeviceEdit.alias(disk));
    while (image.has("backing-image")) {
      image = Json.child(image, "backing-image");
    }
    return Json.text(image, "filename");
  }

  /** Returns the format that a disk's definition gives its image. */
  static String format(XmlElement disk) {
    return disk.child("driver").map(d -> d.attribute("type")).orElse("raw");
  }

  /**
   * Has a disk's element say which image is the active one. What is behind it is found in the
   * images themselves from then on.
   */
  static void activate(XmlElement disk, JsonObject block) {
    JsonObject inserted = Json.child(block, "inserted");
    JsonObject image = Json.child(inserted, "image");
    String file = Json.text(image, "filename");
    boolean device = file.startsWith("/dev/");
    disk.child("source").ifPresent(disk::remove);
    disk.set("type", device ? "block" : "file");
    disk.make("source").set(device ? "dev" : "file", file);
    disk.make("driver").set("type", Json.text(inserted, "drv"));
    forget(disk);
  }

  /** Removes what a disk's element says of images behind the active one. */
  static void forget(XmlElement disk) {
    Optional<XmlElement> behind = disk.child("backingStore");
    behind.ifPresent(disk::remove);
  }
}
