package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.common.process.Command;
import org.virt.model.edit.DeviceEdit;

/**
 * The images behind that of a disk, before QEMU opens them: as its definition tells, and from where
 * that ends as the images themselves do.
 */
final class ImageChain {
  private static final Set<String> CHAINED = Set.of("qcow2", "qcow", "qed", "vmdk");

  private ImageChain() {}

  /**
   * Returns the files behind a disk's image, the next one first.
   *
   * @throws VirtException {@code OPERATION_INVALID} when QEMU would believe an image, which a guest
   *     may have written, about its own format and let it name further files; {@code
   *     OPERATION_FAILED} when an image cannot be read
   */
  static List<String> behind(XmlElement disk) throws VirtException {
    List<String> files = new ArrayList<>();
    XmlElement last = disk;
    String format = BlockChain.format(disk);
    for (Optional<XmlElement> next = last.child("backingStore");
        next.isPresent();
        next = last.child("backingStore")) {
      last = next.get();
      if (last.child("source").isEmpty()) {
        return files; // the definition says that it ends here
      }
      DeviceEdit.path(last).ifPresent(files::add);
      format = last.child("format").map(f -> f.attribute("type")).orElse("raw");
    }
    String path = DeviceEdit.path(last).orElse("");
    if (path.startsWith("/") && CHAINED.contains(format)) {
      files.addAll(found(path, format));
    }
    return files;
  }

  private static List<String> found(String path, String format) throws VirtException {
    String text =
        Command.of("qemu-img", "info", "-U", "-f", format, "--backing-chain", "--output=json", path)
            .require();
    List<String> files = new ArrayList<>();
    JsonObject above = null;
    for (JsonElement each : JsonParser.parseString(text).getAsJsonArray()) {
      JsonObject image = each.getAsJsonObject();
      if (above != null) {
        believe(above, image);
        files.add(Json.text(image, "filename"));
      }
      above = image;
    }
    return files;
  }

  /** An image whose format nobody else tells may be what it seems, but must not lead further. */
  private static void believe(JsonObject above, JsonObject image) throws VirtException {
    JsonObject own = Json.child(Json.child(image, "format-specific"), "data");
    if (!above.has("backing-filename-format")
        && (image.has("backing-filename") || own.has("data-file"))) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID,
          "format of backing image '%s' of image '%s' was not specified in the image metadata"
              .formatted(Json.text(image, "filename"), Json.text(above, "filename")));
    }
  }
}
