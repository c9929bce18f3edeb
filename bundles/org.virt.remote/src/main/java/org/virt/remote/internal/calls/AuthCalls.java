package org.virt.remote.internal.calls;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.remote.internal.sasl.ScramExchange;
import org.virt.remote.internal.session.Admission.Way;
import org.virt.remote.internal.session.Session;
import org.virt.rpc.XdrStruct;

/** Who a client is. */
final class AuthCalls {
  void declare(Declarations all) {
    all.on(
            "auth_list",
            call -> {
              Session session = call.session();
              Way way = session.isAuthenticated() ? Way.NONE : session.admission().way();
              return call.reply(List.of(way.ordinal()));
            })
        .on("auth_polkit", AuthCalls::polkit)
        .on(
            "auth_sasl_init",
            call -> {
              require(call, Way.SASL);
              return call.reply(ScramExchange.MECHANISM);
            })
        .on("auth_sasl_start", AuthCalls::start)
        .on("auth_sasl_step", AuthCalls::step);
  }

  private static void require(Call call, Way way) throws VirtException {
    if (call.session().isAuthenticated()) {
      throw failed("the client is authenticated already");
    }
    if (call.session().admission().way() != way) {
      throw failed("the client may not authenticate by " + way);
    }
  }

  private static VirtException failed(String why) {
    return new VirtException(ErrorCode.AUTH_FAILED, why);
  }

  private static XdrStruct polkit(Call call) throws VirtException {
    require(call, Way.POLKIT);
    Session session = call.session();
    if (!session.admission().admits().test(session.identity())) {
      throw failed(
          "user '%s' of group '%s' is not admitted"
              .formatted(
                  session.identity().user().orElse(""), session.identity().group().orElse("")));
    }
    session.authenticate(session.identity());
    return call.reply(1);
  }

  private static XdrStruct start(Call call) throws VirtException {
    require(call, Way.SASL);
    if (!call.text("mech").equals(ScramExchange.MECHANISM)) {
      throw failed("the mechanism '" + call.text("mech") + "' is not there");
    }
    ScramExchange exchange = call.session().beginExchange();
    return call.reply(0, 0, exchange.challenge(call.args().bytes("data")));
  }

  private static XdrStruct step(Call call) throws VirtException {
    require(call, Way.SASL);
    Session session = call.session();
    ScramExchange exchange =
        session.exchange().orElseThrow(() -> failed("a step before the start"));
    byte[] proof = exchange.proof(call.args().bytes("data"));
    session.authenticate(session.identity().withSaslUser(exchange.user()));
    return call.reply(1, 0, proof);
  }
}
