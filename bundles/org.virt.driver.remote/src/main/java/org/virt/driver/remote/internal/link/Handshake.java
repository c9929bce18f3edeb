package org.virt.driver.remote.internal.link;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.OtherEnd.Logins;
import org.virt.driver.remote.internal.sasl.ScramProof;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.XdrStruct;

/** The first words on a link: who we are, and what is to be opened. */
final class Handshake {
  private static final int AUTH_NONE = 0;
  private static final int AUTH_SASL = 1;
  private static final int AUTH_POLKIT = 2;

  /** Whether a message of SASL has no bytes, which is more than having zero of them. */
  private static final int HAS_DATA = 0;

  private static final int HAS_NONE = 1;

  /** libvirt's feature {@code PROGRAM_KEEPALIVE}. */
  private static final int KEEP_ALIVE = 10;

  private final Asking link;
  private final Limits limits;
  private final Logins logins;

  Handshake(Asking link, Limits limits, Logins logins) {
    this.link = link;
    this.limits = limits;
    this.logins = logins;
  }

  /**
   * Opens a hypervisor.
   *
   * @param name its URI on the other end
   * @throws VirtException {@code AUTH_FAILED}, or what the other end says
   */
  void open(String name) throws VirtException {
    authenticate();
    ask("connect_open", name, 0);
  }

  /** Says whether the other end may be asked whether it is there. */
  boolean knowsKeepAlive() throws VirtException {
    return ask("connect_supports_feature", KEEP_ALIVE).integer("supported") != 0;
  }

  private void authenticate() throws VirtException {
    List<Integer> types = ask("auth_list").list("types", Integer.class);
    if (types.isEmpty() || types.contains(AUTH_NONE)) {
      return;
    }
    if (types.contains(AUTH_POLKIT)) {
      ask("auth_polkit");
    } else if (types.contains(AUTH_SASL)) {
      logIn();
    } else {
      throw failed("the other end wants to know who comes in ways that are not known: " + types);
    }
  }

  /** By SASL; the other end proves, too, that it knows the password. */
  private void logIn() throws VirtException {
    String offered = ask("auth_sasl_init").text("mechlist");
    if (!List.of(offered.split("[ ,]")).contains(ScramProof.MECHANISM)) {
      throw failed(
          "the other end takes a password by %s only, not by %s"
              .formatted(offered, ScramProof.MECHANISM));
    }
    ScramProof proof = new ScramProof(logins.login());
    XdrStruct challenge = ask("auth_sasl_start", ScramProof.MECHANISM, HAS_DATA, proof.first());
    if (challenge.integer("complete") != 0) {
      throw failed("the other end is content with a name");
    }
    XdrStruct last = ask("auth_sasl_step", HAS_DATA, proof.proof(challenge.bytes("data")));
    proof.verify(last.bytes("data"));
    if (last.integer("complete") == 0
        && ask("auth_sasl_step", HAS_NONE, new byte[0]).integer("complete") == 0) {
      throw failed("the other end asks for more than a password");
    }
  }

  private static VirtException failed(String why) {
    return new VirtException(ErrorCode.AUTH_FAILED, "log in: " + why);
  }

  private XdrStruct ask(String procedure, Object... args) throws VirtException {
    Procedure asked = Protocol.libvirt().procedure(Program.REMOTE, procedure);
    return link.ask(asked, asked.args().of(args), limits.connect());
  }
}
