package org.virt.driver.qemu.internal.guest;

/** A host where everything is at its usual place. */
final class UsualHost implements HostFacts {
  private static final long USUAL_PAGE = 2048;

  /** More than that have few hosts. */
  private static final int USUAL_NODES = 8;

  @Override
  public String secret(Node holder, String usual) {
    return usual;
  }

  @Override
  public String hugepages(long kib) {
    return kib == USUAL_PAGE ? "/dev/hugepages" : "/dev/hugepages" + kib / 1024 / 1024 + "G";
  }

  @Override
  public String scsiGeneric(Node source) {
    return "/dev/sg0";
  }

  @Override
  public Node firmware(Guest guest) {
    boolean secure = guest.board() == Board.Q35 && wants(guest, "secure-boot");
    Node firmware = Node.of("firmware", "smm", secure ? "on" : null);
    String name = secure ? "OVMF_CODE_4M.secboot.fd" : "OVMF_CODE_4M.fd";
    firmware.add(Node.of("loader").text("/usr/share/OVMF/" + name));
    return firmware;
  }

  /** Secure boot is had where nothing is said against it. */
  private static boolean wants(Guest guest, String feature) {
    Node os = guest.root().child("os");
    if (os.on("loader/@secure")) {
      return true;
    }
    if (os.on("loader/@stateless") || os.is("loader/@secure", "no")) {
      return false;
    }
    if (refuses(os, "enrolled-keys")) {
      return false;
    }
    Node features = os.child("firmware");
    if (features == null) {
      return true;
    }
    for (Node each : features.children("feature")) {
      if (each.is("@name", feature)) {
        return each.on("@enabled");
      }
    }
    return true;
  }

  private static boolean refuses(Node os, String feature) {
    Node features = os.child("firmware");
    return features != null
        && features.children("feature").stream()
            .anyMatch(each -> each.is("@name", feature) && !each.on("@enabled"));
  }

  @Override
  public String volume(Node source) {
    return "/var/lib/virt/storage/" + source.get("@pool") + "/" + source.get("@volume");
  }

  @Override
  public boolean hasNode(int node) {
    return node < USUAL_NODES;
  }

  @Override
  public long now(String basis) {
    return 0;
  }

  @Override
  public ScreenTls screenTls() {
    return ScreenTls.USUAL;
  }
}
