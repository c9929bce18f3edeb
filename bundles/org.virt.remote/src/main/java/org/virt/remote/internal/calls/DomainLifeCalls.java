package org.virt.remote.internal.calls;

import java.time.Duration;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Creation;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.DestroyFlag;
import org.virt.api.domain.LifeVerbs.Occasion;
import org.virt.api.domain.LifeVerbs.Outcome;
import org.virt.api.domain.LifeVerbs.ShutdownMode;
import org.virt.api.domain.LifeVerbs.SleepTarget;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.api.domain.LifeVerbs.UndefineFlag;
import org.virt.rpc.XdrStruct;

/** From definition to end. Without flags every driver can do it, with them some can. */
final class DomainLifeCalls {
  private static final int DEFINE_VALIDATE = 1;

  /** Something that is done to a machine. */
  @FunctionalInterface
  private interface Verb {
    void on(Domain domain) throws VirtException;
  }

  void declare(Declarations all) {
    declareBirth(all);
    declareRun(all);
    declareEnd(all);
  }

  private static void declareBirth(Declarations all) {
    all.on("domain_define_xml", call -> call.reply(call.connect().define(call.text("xml"))))
        .on(
            "domain_define_xml_flags",
            call -> {
              call.onlyFlags(DEFINE_VALIDATE);
              return call.reply(
                  call.flags() == 0 ? call.connect().define(call.text("xml")) : defineValid(call));
            })
        .on("domain_create_xml", DomainLifeCalls::createXml)
        .on("domain_create", verb(Domain::start))
        .on("domain_create_with_flags", DomainLifeCalls::createWithFlags)
        .on(
            "domain_rename",
            call -> {
              call.noFlags();
              String name =
                  call.args()
                      .optionalText("new_name")
                      .orElseThrow(
                          () -> new VirtException(ErrorCode.INVALID_ARG, "no new name is given"));
              call.of(LifeVerbs.class).rename(name);
              return call.reply(0);
            })
        .on(
            "domain_set_lifecycle_action",
            call -> {
              Occasion occasion = Choice.of(Occasion.class, call.integer("type"));
              Outcome outcome = Choice.of(Outcome.class, call.integer("action"));
              call.of(LifeVerbs.class).setLifecycleAction(occasion, outcome, call.affects());
              return call.reply();
            })
        .on(
            "domain_set_autostart",
            verb(
                (call, domain) ->
                    domain.autostart(
                        call.integer("autostart") != 0 ? Autostart.ON : Autostart.OFF)));
  }

  private static void declareRun(Declarations all) {
    all.on("domain_suspend", verb(Domain::suspend))
        .on("domain_resume", verb(Domain::resume))
        .on(
            "domain_reset",
            verb(
                (call, domain) -> {
                  call.noFlags();
                  domain.reset();
                }))
        .on(
            "domain_reboot",
            verb(
                (call, domain) -> {
                  if (call.flags() == 0) {
                    domain.reboot();
                  } else {
                    domain.facet(LifeVerbs.class).reboot(call.flags(ShutdownMode.class));
                  }
                }))
        .on(
            "domain_pm_suspend_for_duration",
            verb(
                (call, domain) -> {
                  call.noFlags();
                  if (call.wide("duration") != 0) {
                    throw new VirtException(
                        ErrorCode.ARGUMENT_UNSUPPORTED,
                        "Duration not supported. Use 0 for now, not "
                            + Duration.ofSeconds(call.wide("duration")));
                  }
                  domain
                      .facet(LifeVerbs.class)
                      .pmSuspend(Choice.of(SleepTarget.class, call.integer("target")));
                }))
        .on(
            "domain_pm_wakeup",
            verb(
                (call, domain) -> {
                  call.noFlags();
                  domain.facet(LifeVerbs.class).pmWakeup();
                }));
  }

  private static Domain defineValid(Call call) throws VirtException {
    Connect connect = call.connect();
    try {
      return connect.domain(connect.facet(Creation.class).defineValid(call.text("xml")));
    } catch (VirtException e) {
      // A driver whose reader refuses what it does not know has no verb for it.
      if (e.code() == ErrorCode.NO_SUPPORT) {
        return connect.define(call.text("xml"));
      }
      throw e;
    }
  }

  private static void declareEnd(Declarations all) {
    all.on("domain_shutdown", verb(Domain::shutdown))
        .on(
            "domain_shutdown_flags",
            verb(
                (call, domain) -> {
                  if (call.flags() == 0) {
                    domain.shutdown();
                  } else {
                    domain.facet(LifeVerbs.class).shutdown(call.flags(ShutdownMode.class));
                  }
                }))
        .on("domain_destroy", verb(Domain::destroy))
        .on(
            "domain_destroy_flags",
            verb(
                (call, domain) -> {
                  if (call.flags() == 0) {
                    domain.destroy();
                  } else {
                    domain.facet(LifeVerbs.class).destroy(call.flags(DestroyFlag.class));
                  }
                }))
        .on("domain_undefine", verb(Domain::undefine))
        .on(
            "domain_undefine_flags",
            verb(
                (call, domain) -> {
                  if (call.flags() == 0) {
                    domain.undefine();
                  } else {
                    domain.facet(LifeVerbs.class).undefine(call.flags(UndefineFlag.class));
                  }
                }));
  }

  private static XdrStruct createXml(Call call) throws VirtException {
    String xml = call.text("xml_desc");
    if (call.flags() == 0) {
      return call.reply(call.connect().create(xml));
    }
    DomainId id = call.host(Creation.class).createXml(xml, call.flags(StartFlag.class));
    return call.reply(call.connect().domain(id));
  }

  private static XdrStruct createWithFlags(Call call) throws VirtException {
    Domain domain = call.domain();
    if (call.flags() == 0) {
      domain.start();
    } else {
      domain.facet(LifeVerbs.class).create(call.flags(StartFlag.class));
    }
    return call.reply(domain);
  }

  /** Something that is done to a machine with arguments. */
  @FunctionalInterface
  private interface CallVerb {
    void on(Call call, Domain domain) throws VirtException;
  }

  private static Handler verb(Verb verb) {
    return verb((call, domain) -> verb.on(domain));
  }

  private static Handler verb(CallVerb verb) {
    return call -> {
      verb.on(call, call.domain());
      return call.reply();
    };
  }
}
