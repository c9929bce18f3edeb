package org.virt.remote.internal.calls;

import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;
import org.virt.api.host.Secrets;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Secrets. A driver without them has none. */
final class SecretCalls {
  private static final StructType SECRET = Protocol.libvirt().struct("remote_nonnull_secret");

  /** {@code virConnectListAllSecretsFlags}. */
  private static final int EPHEMERAL = 1;

  private static final int LASTING = 2;
  private static final int PRIVATE = 4;
  private static final int OPEN = 8;
  private static final int LIST_FLAGS = 15;

  /** {@code VIR_SECRET_DEFINE_VALIDATE}. */
  private static final int VALIDATE = 1;

  void declare(Declarations all) {
    declareLists(all);
    all.on(
            "secret_get_xml_desc",
            call -> {
              call.noFlags();
              return call.reply(secrets(call).secretXml(secret(call).uuid()));
            })
        .on(
            "secret_define_xml",
            call -> {
              call.onlyFlags(VALIDATE);
              UUID uuid = secrets(call).defineSecret(call.text("xml"));
              return call.reply(named(byUuid(call, uuid)));
            })
        .on(
            "secret_set_value",
            call -> {
              call.noFlags();
              secrets(call).setSecretValue(secret(call).uuid(), call.args().bytes("value"));
              return call.reply();
            })
        .on(
            "secret_get_value",
            call -> {
              call.noFlags();
              return call.reply((Object) secrets(call).secretValue(secret(call).uuid()));
            })
        .on(
            "secret_undefine",
            call -> {
              secrets(call).undefineSecret(secret(call).uuid());
              return call.reply();
            });
  }

  private static void declareLists(Declarations all) {
    all.on("connect_num_of_secrets", call -> call.reply(all(call).size()))
        .on(
            "connect_list_secrets",
            call ->
                call.reply(
                    all(call).stream()
                        .map(secret -> secret.uuid().toString())
                        .limit(Math.max(0, call.integer("maxuuids")))
                        .toList()))
        .on(
            "connect_list_all_secrets",
            call -> {
              call.onlyFlags(LIST_FLAGS);
              return call.listed(
                  all(call).stream()
                      .filter(secret -> admits(call.flags(), secret))
                      .map(SecretCalls::named)
                      .toList());
            })
        .on(
            "secret_lookup_by_uuid",
            call -> call.reply(named(byUuid(call, call.args().uuid("uuid")))))
        .on(
            "secret_lookup_by_usage",
            call -> {
              int usage = call.integer("usageType");
              String id = call.text("usageID");
              return call.reply(
                  named(
                      find(
                          call,
                          s -> s.usage().ordinal() == usage && s.usageId().equals(id),
                          "usage '" + id + "'")));
            });
  }

  private static boolean admits(int flags, Secret secret) {
    return Bits.admits(
            flags,
            EPHEMERAL | LASTING,
            secret.keeping() == Secret.Keeping.EPHEMERAL ? EPHEMERAL : LASTING)
        && Bits.admits(
            flags,
            PRIVATE | OPEN,
            secret.disclosure() == Secret.Disclosure.PRIVATE ? PRIVATE : OPEN);
  }

  private static Secrets secrets(Call call) throws VirtException {
    return call.host(Secrets.class);
  }

  private static List<Secret> all(Call call) throws VirtException {
    return Absent.asEmpty(secrets(call)::secrets);
  }

  /** Returns the secret that the call is about; all that names it is its own, for policies see. */
  private static Secret secret(Call call) throws VirtException {
    XdrStruct wanted = call.args().struct("secret");
    return find(call, s -> named(s).equals(wanted), "uuid '" + wanted.uuid("uuid") + "'");
  }

  private static Secret byUuid(Call call, UUID uuid) throws VirtException {
    return find(call, s -> s.uuid().equals(uuid), "uuid '" + uuid + "'");
  }

  private static Secret find(Call call, Predicate<Secret> which, String what) throws VirtException {
    return all(call).stream()
        .filter(which)
        .findFirst()
        .orElseThrow(
            () -> new VirtException(ErrorCode.NO_SECRET, "no secret with matching " + what));
  }

  private static XdrStruct named(Secret secret) {
    return SECRET.of(secret.uuid(), secret.usage().ordinal(), secret.usageId());
  }
}
