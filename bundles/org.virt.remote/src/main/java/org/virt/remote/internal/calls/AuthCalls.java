package org.virt.remote.internal.calls;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.remote.internal.session.Session;
import org.virt.rpc.XdrStruct;

/** Who a client is. */
final class AuthCalls {
  /** libvirt's numbers ({@code remote_auth_type}). */
  private static final int NONE = 0;

  private static final int POLKIT = 2;

  void declare(Declarations all) {
    all.on(
            "auth_list",
            call -> call.reply(List.of(call.session().isAuthenticated() ? NONE : POLKIT)))
        .on("auth_polkit", AuthCalls::polkit);
  }

  private static XdrStruct polkit(Call call) throws VirtException {
    Session session = call.session();
    if (session.isAuthenticated()) {
      throw new VirtException(ErrorCode.AUTH_FAILED, "the client is authenticated already");
    }
    if (!session.admission().admits().test(session.identity())) {
      throw new VirtException(
          ErrorCode.AUTH_FAILED,
          "user '%s' of group '%s' is not admitted"
              .formatted(
                  session.identity().user().orElse(""), session.identity().group().orElse("")));
    }
    session.authenticate();
    return call.reply(1);
  }
}
