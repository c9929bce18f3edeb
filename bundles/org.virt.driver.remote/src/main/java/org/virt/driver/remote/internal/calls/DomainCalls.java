package org.virt.driver.remote.internal.calls;

import java.time.Duration;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainStatus;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Asks for what every driver can do with machines. */
public final class DomainCalls {
  /** {@code VIR_DOMAIN_XML_SECURE}. */
  static final int XML_SECURE = 1;

  static final int XML_UPDATE_CPU = 4;

  private static final int DEFINE_VALIDATE = 1;

  /** {@code VIR_DOMAIN_XML_INACTIVE}. */
  private static final int XML_INACTIVE = 2;

  private final Far far;

  /** Makes one. */
  public DomainCalls(Far far) {
    this.far = far;
  }

  /** Asks for something that has no answer. */
  public void order(String procedure, DomainId id, Object... more) throws VirtException {
    on(id).call(procedure, more);
  }

  /** Keeps a definition. */
  public DomainId define(String xml) throws VirtException {
    return Far.id(far.keep(far.call("domain_define_xml", xml).struct("dom")));
  }

  /** Keeps a definition that holds nothing that is not known. */
  DomainId defineValid(String xml) throws VirtException {
    return Far.id(
        far.keep(far.call("domain_define_xml_flags", xml, DEFINE_VALIDATE).struct("dom")));
  }

  /** Starts a transient machine. */
  public DomainId create(String xml, int flags) throws VirtException {
    return Far.id(far.keep(far.call("domain_create_xml", xml, flags).struct("dom")));
  }

  /** Returns a machine's domain XML. */
  public String xml(DomainId id, XmlView view) throws VirtException {
    return xml(on(id), view, 0);
  }

  static String xml(FarDomain domain, XmlView view, int flags) throws VirtException {
    int all = flags | (view == XmlView.INACTIVE ? XML_INACTIVE : 0);
    return domain.call("domain_get_xml_desc", all).text("xml");
  }

  /** Returns a machine's size and use. */
  public DomainInfo info(DomainId id) throws VirtException {
    FarDomain domain = on(id);
    Answer state = domain.begin("domain_get_state", 0);
    XdrStruct info = domain.call("domain_get_info");
    DomainStatus status = Machines.status(far.await(state));
    boolean active = status.state().isActive();
    return new DomainInfo(
        status,
        info.wide("maxMem"),
        active ? info.wide("memory") : 0,
        info.integer("nrVirtCpu"),
        active ? Duration.ofNanos(info.wide("cpuTime")) : Duration.ZERO);
  }

  private FarDomain on(DomainId id) {
    return new FarDomain(far, id);
  }
}
