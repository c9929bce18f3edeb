package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Sound cards. */
public final class SoundPart implements Part {
  private static final Map<String, String> DRIVERS =
      Map.of(
          "ac97", "AC97",
          "es1370", "ES1370",
          "sb16", "sb16",
          "ich6", "intel-hda",
          "ich7", "ich7",
          "ich9", "ich9-intel-hda",
          "usb", "usb-audio");

  @Override
  public PciKind pci(Guest guest, Node sound) {
    return sound.is("@model", "sb16", "pcspk", "usb") ? PciKind.NONE : PciKind.PCI;
  }

  @Override
  public void check(Guest guest, Node sound) throws VirtException {
    sound.require("@model");
    sound.oneOf("@model", "ac97", "es1370", "sb16", "pcspk", "ich6", "ich9", "usb");
    for (Node codec : sound.children("codec")) {
      codec.oneOf("@type", "duplex", "micro", "output");
    }
    String audio = sound.get("audio/@id");
    if (audio != null && Audio.find(guest, audio) == null) {
      throw Refusal.of(sound.path("audio/@id"), "there is no audio '" + audio + "'");
    }
  }

  @Override
  public void write(Machine machine, Node sound, CommandLine out) throws VirtException {
    String model = sound.get("@model");
    if (model.equals("pcspk")) {
      return;
    }
    String alias = Machine.alias(sound);
    String audio = Audio.of(machine.guest(), sound);
    Props props = Props.device(DRIVERS.get(model)).put("id", alias);
    boolean hda = model.startsWith("ich");
    out.device(machine.place(props.put("audiodev", hda ? null : audio), sound));
    if (hda) {
      List<Node> codecs = sound.children("codec");
      List<Node> all = codecs.isEmpty() ? List.of(Node.of("codec", "type", "duplex")) : codecs;
      for (int i = 0; i < all.size(); i++) {
        Props codec = Props.device("hda-" + all.get(i).get("@type"));
        codec.put("id", alias + "-codec" + i).put("bus", alias + ".0").put("cad", i);
        out.device(codec.put("audiodev", audio));
      }
    }
  }
}
