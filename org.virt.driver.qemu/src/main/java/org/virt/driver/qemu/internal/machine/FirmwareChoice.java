package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.driver.qemu.internal.host.FirmwareDescriptor;
import org.virt.model.edit.DomainTree;

/**
 * Chooses the firmware that a machine asks for in words, and gives each machine a file of its own
 * for the variables.
 */
final class FirmwareChoice {
  private final Supplier<List<FirmwareDescriptor>> descriptors;
  private final Path variables;

  /**
   * Makes one.
   *
   * @param descriptors those of the host, the preferred ones first; asked when needed
   * @param variables folder for the files of all machines
   */
  FirmwareChoice(Supplier<List<FirmwareDescriptor>> descriptors, Path variables) {
    this.descriptors = descriptors;
    this.variables = variables;
  }

  /** Puts paths in the place of words, and makes the file of the variables unless it is there. */
  void settle(Guest guest, StartOrder order) throws VirtException {
    Node os = guest.root().child("os");
    Optional<String> template = Optional.ofNullable(os.get("nvram/@template"));
    if (os.is("@firmware", "efi")) {
      FirmwareDescriptor firmware = choose(guest, os);
      Node loader = os.ensure("loader").text(firmware.code());
      loader.set("type", "pflash").set("readonly", "yes");
      if (firmware.has("requires-smm")) {
        loader.set("secure", "yes");
        guest.root().ensure("features/smm").set("state", "on");
      }
      os.set("firmware", null);
      os.drop("firmware");
      template = template.isPresent() ? template : firmware.template();
    }
    boolean keeps = os.is("loader/@type", "pflash") && !os.on("loader/@stateless");
    if (keeps && (template.isPresent() || os.has("nvram"))) {
      file(guest, os, template, order);
    }
  }

  private FirmwareDescriptor choose(Guest guest, Node os) throws VirtException {
    for (FirmwareDescriptor each : descriptors.get()) {
      boolean stateless = os.on("loader/@stateless");
      boolean secure = !os.on("loader/@secure") || each.has("secure-boot");
      boolean smm = !each.has("requires-smm") || !guest.root().is("features/smm/@state", "off");
      if (each.fits(guest.arch(), guest.machine())
          && each.template().isPresent() != stateless
          && secure
          && smm
          && hasWhatIsAsked(each, os)) {
        return each;
      }
    }
    throw Refusal.of(
        "/domain/os/@firmware",
        "no firmware of this host is what is asked for; apt-get install ovmf");
  }

  private static boolean hasWhatIsAsked(FirmwareDescriptor firmware, Node os) {
    Node features = os.child("firmware");
    if (features == null) {
      return true;
    }
    return features.children("feature").stream()
        .allMatch(each -> firmware.has(each.get("@name", "")) == each.on("@enabled"));
  }

  private void file(Guest guest, Node os, Optional<String> template, StartOrder order)
      throws VirtException {
    Node nvram = os.ensure("nvram");
    if (nvram.has("source") && !nvram.has("source/@file")) {
      return;
    }
    template.ifPresent(path -> nvram.set("template", path));
    String given = nvram.get("source/@file", nvram.text());
    Path own = own(variables, guest.root().get("uuid"));
    Path file = given.isEmpty() ? own : Path.of(given);
    if (given.isEmpty()) {
      nvram.text(own.toString());
    }
    if (Files.exists(file) && !order.resetVariables()) {
      return;
    }
    Path from = Path.of(template.orElseGet(() -> templateOf(os)));
    try {
      Files.createDirectories(file.getParent());
      Files.copy(from, file, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.WRITE_FAILED,
          "make variables of the firmware %s from %s: %s".formatted(file, from, e),
          e);
    }
  }

  /** Returns the file of a machine's variables on this host, whether it is there or not. */
  static Path variables(DomainTree tree, Path folder) {
    Path own = own(folder, tree.text("uuid"));
    Optional<XmlElement> nvram = tree.find("os", "nvram");
    String given =
        nvram
            .flatMap(n -> n.child("source"))
            .map(source -> Objects.requireNonNullElse(source.attribute("file"), ""))
            .or(() -> nvram.map(n -> n.text().strip()))
            .orElse("");
    return given.isEmpty() ? own : Path.of(given);
  }

  /** Returns the file that a machine gets when it names none; another name leaves it as it is. */
  private static Path own(Path variables, String uuid) {
    return variables.resolve(uuid + "_VARS.fd");
  }

  /** Returns the template that belongs to a firmware given by its path. */
  private String templateOf(Node os) {
    return descriptors.get().stream()
        .filter(each -> each.code().equals(os.get("loader")))
        .flatMap(each -> each.template().stream())
        .findFirst()
        .orElse("");
  }
}
