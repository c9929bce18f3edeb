package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Set;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainInfo;
import org.virt.api.DomainStatus;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.HostCpuVerbs;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.MetadataVerbs.Kind;
import org.virt.api.domain.MetadataVerbs.Note;
import org.virt.api.domain.SecretVerbs;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.StatisticsVerbs.ControlInfo;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.domain.VcpuVerbs.VcpuFlag;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.rpc.XdrStruct;

/** What a machine is and does. */
final class DomainStateCalls {
  /** {@code virDomainXMLFlags}; the XML always fits a migration. */
  private static final int XML_FLAGS = 15;

  private static final int XML_INACTIVE = 2;
  private static final int XML_UPDATE_CPU = 4;

  /** {@code VIR_DOMAIN_XML_SECURE} and {@code _MIGRATABLE}: both need the right to read secrets. */
  private static final int XML_WITH_SECRETS = 1 | 8;

  void declare(Declarations all) {
    declareState(all);
    declareConfiguration(all);
    declareMetadata(all);
  }

  private static void declareState(Declarations all) {
    all.on(
            "domain_get_state",
            call -> {
              call.noFlags();
              DomainStatus status = call.domain().summary().status();
              return call.reply(status.state().number(), status.reason().number());
            })
        .on("domain_get_info", DomainStateCalls::info)
        .on(
            "domain_get_control_info",
            call -> {
              call.noFlags();
              ControlInfo control = call.of(StatisticsVerbs.class).controlInfo();
              return call.reply(control.state().ordinal(), 0, control.stateTimeMillis());
            })
        .on("domain_is_active", call -> yes(call, call.domain().summary().isActive()))
        .on(
            "domain_is_persistent",
            call -> yes(call, call.domain().summary().persistence() != Persistence.TRANSIENT))
        .on(
            "domain_is_updated",
            call -> yes(call, Absent.asFalse(call.of(LifeVerbs.class)::isUpdated)))
        .on(
            "domain_get_autostart",
            call -> yes(call, call.domain().summary().persistence() == Persistence.AUTOSTART));
  }

  private static void declareConfiguration(Declarations all) {
    all.on("domain_get_xml_desc", DomainStateCalls::xml)
        .on(
            "domain_get_os_type",
            call -> call.reply(first(root(call.domain()), "os", "type").text().strip()))
        .on("domain_get_max_memory", call -> call.reply(call.domain().info().maxMemoryKiB()))
        .on("domain_get_max_vcpus", DomainStateCalls::maxVcpus)
        .on("domain_get_security_label", call -> call.reply(new byte[1], 0))
        .on("domain_get_security_label_list", call -> call.reply(List.of(), 0))
        .on("domain_get_messages", call -> call.reply(List.of()))
        .partly(
            "domain_get_disk_errors",
            "names no disk, also when one has errors",
            call -> call.reply(List.of(), 0));
  }

  private static XdrStruct xml(Call call) throws VirtException {
    call.onlyFlags(XML_FLAGS);
    int flags = call.flags();
    XmlView view = (flags & XML_INACTIVE) == 0 ? XmlView.LIVE : XmlView.INACTIVE;
    boolean secrets = (flags & XML_WITH_SECRETS) != 0;
    Domain domain = call.domain();
    if ((flags & XML_UPDATE_CPU) != 0) {
      return call.reply(
          secrets ? HostCpuVerbs.secretXml(domain, view) : HostCpuVerbs.xml(domain, view));
    }
    return call.reply(secrets ? SecretVerbs.xml(domain, view) : domain.xml(view));
  }

  private static void declareMetadata(Declarations all) {
    all.on(
            "domain_get_metadata",
            call -> {
              Note note = new Note(kind(call), "", call.args().optionalText("uri").orElse(""));
              return call.reply(call.of(MetadataVerbs.class).metadata(note, call.affects()));
            })
        .on(
            "domain_set_metadata",
            call -> {
              Note note =
                  new Note(
                      kind(call),
                      call.args().optionalText("key").orElse(""),
                      call.args().optionalText("uri").orElse(""));
              call.of(MetadataVerbs.class)
                  .setMetadata(note, call.args().optionalText("metadata"), call.affects());
              return call.reply();
            });
  }

  private static Kind kind(Call call) throws VirtException {
    return Choice.of(Kind.class, call.integer("type"));
  }

  private static XdrStruct yes(Call call, boolean answer) {
    return call.reply(answer ? 1 : 0);
  }

  private static XdrStruct info(Call call) throws VirtException {
    Domain domain = call.domain();
    DomainInfo info = domain.info();
    long memory = info.memoryKiB();
    if (!info.status().state().isActive() && memory == 0) {
      // libvirt tells of a machine that is off what it would have.
      memory = definedMemory(domain, info.maxMemoryKiB());
    }
    return call.reply(
        info.status().state().number(),
        info.maxMemoryKiB(),
        memory,
        info.vcpus(),
        info.cpuTime().toNanos());
  }

  private static long definedMemory(Domain domain, long otherwise) throws VirtException {
    List<XmlElement> current = root(domain).children("currentMemory");
    // Drivers print KiB, as libvirt does.
    return current.isEmpty() ? otherwise : Long.parseLong(current.get(0).text().strip());
  }

  private static XdrStruct maxVcpus(Call call) throws VirtException {
    Domain domain = call.domain();
    DomainSummary summary = domain.summary();
    try {
      Affects affects = summary.isActive() ? Affects.LIVE : Affects.CONFIG;
      return call.reply(
          domain.facet(VcpuVerbs.class).vcpusFlags(affects, Set.of(VcpuFlag.MAXIMUM)));
    } catch (VirtException e) {
      if (e.code() != ErrorCode.NO_SUPPORT) {
        throw e;
      }
      // A driver that cannot change their number has as many as it says.
      return call.reply(domain.info().vcpus());
    }
  }

  private static XmlElement root(Domain domain) throws VirtException {
    return SafeXml.tree("domain", domain.xml(XmlView.LIVE));
  }

  private static XmlElement first(XmlElement from, String... path) throws VirtException {
    XmlElement at = from;
    for (String name : path) {
      List<XmlElement> children = at.children(name);
      if (children.isEmpty()) {
        throw new VirtException(
            ErrorCode.INTERNAL_ERROR, "the domain XML has no " + String.join("/", path));
      }
      at = children.get(0);
    }
    return at;
  }
}
