package org.virt.driver.remote.internal.link;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.XdrStruct;

/** The first words on a link: who we are, and what is to be opened. */
final class Handshake {
  private static final int AUTH_NONE = 0;
  private static final int AUTH_POLKIT = 2;

  /** libvirt's feature {@code PROGRAM_KEEPALIVE}. */
  private static final int KEEP_ALIVE = 10;

  private final Link link;
  private final Limits limits;

  Handshake(Link link, Limits limits) {
    this.link = link;
    this.limits = limits;
  }

  /**
   * Opens a hypervisor.
   *
   * @param name its URI on the other end
   * @throws VirtException {@code AUTH_FAILED}, or what the other end says
   */
  void open(String name) throws VirtException {
    openWithoutKeepAlive(name);
    if (ask("connect_supports_feature", KEEP_ALIVE).integer("supported") != 0) {
      link.keepAlive();
    }
  }

  /** Opens a hypervisor on a link on which neither end asks whether the other is there. */
  void openWithoutKeepAlive(String name) throws VirtException {
    authenticate();
    ask("connect_open", name, 0);
  }

  private void authenticate() throws VirtException {
    List<Integer> types = ask("auth_list").list("types", Integer.class);
    if (types.isEmpty() || types.contains(AUTH_NONE)) {
      return;
    }
    if (!types.contains(AUTH_POLKIT)) {
      throw new VirtException(
          ErrorCode.AUTH_FAILED,
          "the other end wants a user's name and password (SASL), which this driver cannot give;"
              + " use certificates (+tls) or SSH (+ssh)");
    }
    ask("auth_polkit");
  }

  private XdrStruct ask(String procedure, Object... args) throws VirtException {
    Procedure asked = Protocol.libvirt().procedure(Program.REMOTE, procedure);
    return link.send(asked, asked.args().of(args)).await(limits.connect());
  }
}
