package org.virt.driver.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.Flag;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.XdrStruct;

/** Asks the agent in a guest. */
record AgentCalls(FarDomain domain) implements AgentVerbs {
  /** {@code VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT}. */
  private static final int BY_AGENT = 1;

  /** {@code VIR_DOMAIN_TIME_SYNC}. */
  private static final int FROM_CLOCK = 1;

  /** {@code VIR_DOMAIN_PASSWORD_ENCRYPTED}. */
  private static final int ENCRYPTED = 1;

  @Override
  public int fsFreeze(List<String> mountpoints) throws VirtException {
    return domain.call("domain_fsfreeze", mountpoints, 0).integer("filesystems");
  }

  @Override
  public int fsThaw(List<String> mountpoints) throws VirtException {
    return domain.call("domain_fsthaw", mountpoints, 0).integer("filesystems");
  }

  @Override
  public void fsTrim(Optional<String> mountpoint, long minimumBytes) throws VirtException {
    domain.call("domain_fstrim", mountpoint.orElse(null), minimumBytes, 0);
  }

  @Override
  public List<FileSystem> fsInfo() throws VirtException {
    return domain.call("domain_get_fsinfo", 0).structs("info").stream()
        .map(
            fs ->
                new FileSystem(
                    fs.text("mountpoint"),
                    fs.text("name"),
                    fs.text("fstype"),
                    fs.list("dev_aliases", String.class)))
        .toList();
  }

  @Override
  public TypedParameters guestInfo(Set<InfoGroup> groups) throws VirtException {
    return Parameters.of(domain.call("domain_get_guest_info", Flag.word(groups), 0));
  }

  @Override
  public String hostname() throws VirtException {
    return domain.call("domain_get_hostname", 0).text("hostname");
  }

  @Override
  public GuestTime time() throws VirtException {
    XdrStruct time = domain.call("domain_get_time", 0);
    return new GuestTime(time.wide("seconds"), time.integer("nseconds"));
  }

  @Override
  public void setTime(Optional<GuestTime> time) throws VirtException {
    GuestTime set = time.orElse(new GuestTime(0, 0));
    domain.call(
        "domain_set_time", set.seconds(), set.nanoseconds(), time.isEmpty() ? FROM_CLOCK : 0);
  }

  @Override
  public void setUserPassword(String user, String password, PasswordForm form)
      throws VirtException {
    domain.call(
        "domain_set_user_password", user, password, form == PasswordForm.ENCRYPTED ? ENCRYPTED : 0);
  }

  @Override
  public List<GuestInterface> interfaceAddresses() throws VirtException {
    return domain.call("domain_interface_addresses", BY_AGENT, 0).structs("ifaces").stream()
        .map(
            port ->
                new GuestInterface(
                    port.text("name"),
                    port.optionalText("hwaddr").orElse(""),
                    port.structs("addrs").stream()
                        .map(a -> a.text("addr") + "/" + a.unsigned("prefix"))
                        .toList()))
        .toList();
  }

  @Override
  public List<String> authorizedSshKeys(String user) throws VirtException {
    return domain.call("domain_authorized_ssh_keys_get", user, 0).list("keys", String.class);
  }

  @Override
  public void setAuthorizedSshKeys(String user, List<String> keys, KeyChange change)
      throws VirtException {
    // VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND and _REMOVE are 1 and 2, in our order too.
    domain.call("domain_authorized_ssh_keys_set", user, keys, change.ordinal());
  }

  @Override
  public void setResponseTimeout(int seconds) throws VirtException {
    domain.call("domain_agent_set_response_timeout", seconds, 0);
  }
}
