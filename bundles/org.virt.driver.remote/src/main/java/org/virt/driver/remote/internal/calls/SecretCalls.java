package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;
import org.virt.api.host.Secrets;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Asks about secrets. */
record SecretCalls(Far far) implements Secrets {
  private static final String LIST = "connect_list_all_secrets";

  /** {@code VIR_CONNECT_LIST_SECRETS_EPHEMERAL} and {@code …_PRIVATE}. */
  private static final int EPHEMERAL = 1;

  private static final int PRIVATE = 4;

  @Override
  public List<Secret> secrets() throws VirtException {
    Answer everything = far.begin(LIST, 1, 0);
    Answer ephemeral = far.begin(LIST, 1, EPHEMERAL);
    Answer secluded = far.begin(LIST, 1, PRIVATE);
    List<XdrStruct> all = far.await(everything).structs("secrets");
    Set<XdrStruct> passing = new HashSet<>(far.await(ephemeral).structs("secrets"));
    Set<XdrStruct> hidden = new HashSet<>(far.await(secluded).structs("secrets"));
    List<Secret> secrets = new ArrayList<>();
    for (XdrStruct one : all) {
      secrets.add(
          new Secret(
              one.uuid("uuid"),
              Enums.at(Secret.Usage.values(), one.integer("usageType")),
              one.text("usageID"),
              passing.contains(one) ? Secret.Keeping.EPHEMERAL : Secret.Keeping.LASTING,
              hidden.contains(one) ? Secret.Disclosure.PRIVATE : Secret.Disclosure.OPEN));
    }
    return secrets;
  }

  @Override
  public String secretXml(UUID uuid) throws VirtException {
    return far.call("secret_get_xml_desc", named(uuid), 0).text("xml");
  }

  @Override
  public UUID defineSecret(String xml) throws VirtException {
    return far.call("secret_define_xml", xml, 0).struct("secret").uuid("uuid");
  }

  @Override
  public void undefineSecret(UUID uuid) throws VirtException {
    far.call("secret_undefine", named(uuid));
  }

  @Override
  public void setSecretValue(UUID uuid, byte[] value) throws VirtException {
    far.call("secret_set_value", named(uuid), value, 0);
  }

  @Override
  public byte[] secretValue(UUID uuid) throws VirtException {
    return far.call("secret_get_value", named(uuid), 0).bytes("value");
  }

  private XdrStruct named(UUID uuid) throws VirtException {
    return far.call("secret_lookup_by_uuid", uuid).struct("secret");
  }
}
