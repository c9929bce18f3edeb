package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.virt.api.Domain;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.AgentVerbs.FileSystem;
import org.virt.api.domain.AgentVerbs.GuestInterface;
import org.virt.api.domain.AgentVerbs.GuestTime;
import org.virt.api.domain.AgentVerbs.InfoGroup;
import org.virt.api.domain.AgentVerbs.KeyChange;
import org.virt.api.domain.AgentVerbs.PasswordForm;
import org.virt.api.domain.Flag;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** What the agent in the guest does. */
final class DomainAgentCalls {
  private static final Protocol PROTOCOL = Protocol.libvirt();
  private static final StructType FS = PROTOCOL.struct("remote_domain_fsinfo");
  private static final StructType INTERFACE = PROTOCOL.struct("remote_domain_interface");
  private static final StructType ADDRESS = PROTOCOL.struct("remote_domain_ip_addr");

  /** {@code VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT}. */
  private static final int SOURCE_AGENT = 1;

  private static final int SOURCE_LEASE = 0;
  private static final int SOURCE_ARP = 2;

  /** {@code VIR_DOMAIN_PASSWORD_ENCRYPTED}, {@code VIR_DOMAIN_TIME_SYNC}. */
  private static final int FIRST_FLAG = 1;

  void declare(Declarations all) {
    declareFileSystems(all);
    declareGuest(all);
    declareUsers(all);
  }

  private static void declareFileSystems(Declarations all) {
    all.on(
            "domain_fsfreeze",
            call -> {
              call.noFlags();
              return call.reply(call.of(AgentVerbs.class).fsFreeze(mountpoints(call)));
            })
        .on(
            "domain_fsthaw",
            call -> {
              call.noFlags();
              return call.reply(call.of(AgentVerbs.class).fsThaw(mountpoints(call)));
            })
        .on(
            "domain_fstrim",
            call -> {
              call.noFlags();
              call.of(AgentVerbs.class)
                  .fsTrim(call.args().optionalText("mountPoint"), call.wide("minimum"));
              return call.reply();
            })
        .on(
            "domain_get_fsinfo",
            call -> {
              call.noFlags();
              List<FileSystem> found = call.of(AgentVerbs.class).fsInfo();
              return call.reply(
                  found.stream()
                      .map(f -> FS.of(f.mountpoint(), f.name(), f.type(), f.disks()))
                      .toList(),
                  found.size());
            });
  }

  private static List<String> mountpoints(Call call) {
    return call.args().list("mountpoints", String.class);
  }

  private static void declareGuest(Declarations all) {
    all.on(
            "domain_get_guest_info",
            call -> {
              call.noFlags();
              return call.reply(
                  TypedValues.toXdr(
                      call.of(AgentVerbs.class)
                          .guestInfo(Flag.parse(InfoGroup.class, call.integer("types")))));
            })
        .on("domain_get_hostname", call -> call.reply(call.of(AgentVerbs.class).hostname()))
        .on(
            "domain_get_time",
            call -> {
              call.noFlags();
              GuestTime time = call.of(AgentVerbs.class).time();
              return call.reply(time.seconds(), time.nanoseconds());
            })
        .on(
            "domain_set_time",
            call -> {
              call.onlyFlags(FIRST_FLAG);
              boolean sync = (call.flags() & FIRST_FLAG) != 0;
              GuestTime time = new GuestTime(call.wide("seconds"), call.integer("nseconds"));
              call.of(AgentVerbs.class).setTime(sync ? Optional.empty() : Optional.of(time));
              return call.reply();
            })
        .partly(
            "domain_interface_addresses",
            "leases and ARP as the address learner of filtered ports knows them; no prefixes",
            DomainAgentCalls::interfaceAddresses)
        .on(
            "domain_agent_set_response_timeout",
            call -> {
              call.noFlags();
              call.of(AgentVerbs.class).setResponseTimeout(call.integer("timeout"));
              return call.reply(0);
            });
  }

  private static void declareUsers(Declarations all) {
    all.on(
            "domain_set_user_password",
            call -> {
              call.onlyFlags(FIRST_FLAG);
              call.of(AgentVerbs.class)
                  .setUserPassword(
                      call.args().optionalText("user").orElse(""),
                      call.args().optionalText("password").orElse(""),
                      (call.flags() & FIRST_FLAG) != 0
                          ? PasswordForm.ENCRYPTED
                          : PasswordForm.PLAIN);
              return call.reply();
            })
        .on(
            "domain_authorized_ssh_keys_get",
            call -> {
              call.noFlags();
              return call.reply(call.of(AgentVerbs.class).authorizedSshKeys(call.text("user")));
            })
        .on(
            "domain_authorized_ssh_keys_set",
            call -> {
              KeyChange change = Choice.of(KeyChange.class, call.flags());
              call.of(AgentVerbs.class)
                  .setAuthorizedSshKeys(
                      call.text("user"), call.args().list("keys", String.class), change);
              return call.reply();
            });
  }

  private static XdrStruct interfaceAddresses(Call call) throws VirtException {
    call.noFlags();
    int source = call.integer("source");
    List<GuestInterface> guest =
        switch (source) {
          case SOURCE_AGENT -> call.of(AgentVerbs.class).interfaceAddresses();
          case SOURCE_LEASE -> learned(call, s -> s == Source.DHCP);
          case SOURCE_ARP -> learned(call, s -> s != Source.CONFIG);
          default ->
              throw new VirtException(
                  ErrorCode.ARGUMENT_UNSUPPORTED, "Unknown IP address data source " + source);
        };
    return call.reply(guest.stream().map(DomainAgentCalls::named).toList());
  }

  /** Tells what the filters have learned of a machine's ports. */
  private static List<GuestInterface> learned(Call call, Predicate<Source> which)
      throws VirtException {
    Domain domain = call.domain();
    if (!domain.summary().isActive()) {
      throw new VirtException(ErrorCode.OPERATION_INVALID, "domain is not running");
    }
    List<PortAddress> addresses = call.session().services().filters().addresses();
    return DomainParts.nics(domain).stream()
        .map(
            nic ->
                new GuestInterface(
                    nic.device(),
                    nic.mac(),
                    addresses.stream()
                        .filter(a -> a.port().name().equals(nic.device()))
                        .filter(a -> which.test(a.source()))
                        .map(a -> a.address().getHostAddress())
                        .toList()))
        .filter(nic -> !nic.addresses().isEmpty())
        .toList();
  }

  private static XdrStruct named(GuestInterface guest) {
    return INTERFACE.of(
        guest.name(),
        guest.mac().isEmpty() ? null : guest.mac(),
        guest.addresses().stream().map(DomainAgentCalls::address).toList());
  }

  private static XdrStruct address(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    int version6 = address.contains(":") ? 1 : 0;
    int whole = version6 == 1 ? 128 : 32;
    int prefix = slash < 0 ? whole : Integer.parseInt(text.substring(slash + 1));
    return ADDRESS.of(version6, address, prefix);
  }
}
