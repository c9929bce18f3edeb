package org.virt.remote.internal.session;

import java.util.EnumMap;
import java.util.Map;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.rpc.RpcError;

/** Says errors as libvirt does: its text of the code first, and the part that it comes from. */
public final class Errors {
  private static final int FROM_XML = 5;
  private static final int FROM_DOMAIN = 20;
  private static final int FROM_RPC = 7;
  private static final int FROM_NETWORK = 19;
  private static final int FROM_STORAGE = 18;
  private static final int FROM_NODE_DEVICE = 22;
  private static final int FROM_INTERFACE = 26;
  private static final int FROM_SECRET = 30;
  private static final int FROM_NWFILTER = 33;
  private static final int FROM_SNAPSHOT = 35;
  private static final int FROM_AUTH = 46;
  private static final int FROM_ACCESS = 55;
  private static final int FROM_FIREWALL = 58;
  private static final int FROM_CHECKPOINT = 69;

  /** libvirt's parts for the drivers, by the scheme of their URIs. */
  private static final Map<String, Integer> DRIVERS =
      Map.ofEntries(
          Map.entry("xen", 41),
          Map.entry("qemu", 10),
          Map.entry("test", 12),
          Map.entry("lxc", 17),
          Map.entry("openvz", 14),
          Map.entry("vbox", 25),
          Map.entry("esx", 28),
          Map.entry("vpx", 28),
          Map.entry("gsx", 28),
          Map.entry("phyp", 29),
          Map.entry("vmwareplayer", 39),
          Map.entry("vmwarews", 39),
          Map.entry("vmwarefusion", 39),
          Map.entry("hyperv", 43),
          Map.entry("vz", 48),
          Map.entry("bhyve", 57),
          Map.entry("ch", 72));

  private static final Map<ErrorCode, String> TEXTS = texts();

  private Errors() {}

  /**
   * Makes an error for a client.
   *
   * @param scheme of the client's connection; empty for none
   */
  public static RpcError of(VirtException e, String scheme) {
    String prefix = TEXTS.getOrDefault(e.code(), "");
    String detail = e.getMessage();
    if (!prefix.isEmpty() && detail.startsWith(prefix)) {
      detail = detail.substring(prefix.length());
    }
    return new RpcError(e.code().number(), part(e.code(), scheme), prefix + detail, detail);
  }

  private static int part(ErrorCode code, String scheme) {
    int driver = DRIVERS.getOrDefault(scheme, FROM_RPC);
    return switch (code) {
      case XML_DETAIL -> FROM_XML;
      case XML_ERROR -> FROM_DOMAIN;
      case RPC -> FROM_RPC;
      case NO_NETWORK, NO_NETWORK_PORT -> FROM_NETWORK;
      case NO_STORAGE_POOL, NO_STORAGE_VOL -> FROM_STORAGE;
      case NO_NODE_DEVICE -> FROM_NODE_DEVICE;
      case NO_INTERFACE -> FROM_INTERFACE;
      case NO_SECRET -> FROM_SECRET;
      case NO_DOMAIN_SNAPSHOT -> FROM_SNAPSHOT;
      case NO_DOMAIN_CHECKPOINT -> FROM_CHECKPOINT;
      case NO_NWFILTER, INVALID_NWFILTER, NO_NWFILTER_BINDING, INVALID_NWFILTER_BINDING ->
          FROM_NWFILTER;
      case BUILD_FIREWALL -> FROM_FIREWALL;
      case AUTH_FAILED -> FROM_AUTH;
      case ACCESS_DENIED -> FROM_ACCESS;
      default -> driver;
    };
  }

  private static Map<ErrorCode, String> texts() {
    Map<ErrorCode, String> texts = new EnumMap<>(ErrorCode.class);
    texts.put(ErrorCode.INTERNAL_ERROR, "internal error: ");
    texts.put(ErrorCode.NO_MEMORY, "out of memory: ");
    texts.put(ErrorCode.NO_SUPPORT, "this function is not supported by the connection driver: ");
    texts.put(ErrorCode.NO_CONNECT, "no connection driver available for ");
    texts.put(ErrorCode.INVALID_CONN, "invalid connection pointer in ");
    texts.put(ErrorCode.INVALID_DOMAIN, "invalid domain pointer in ");
    texts.put(ErrorCode.INVALID_ARG, "invalid argument: ");
    texts.put(ErrorCode.OPERATION_FAILED, "operation failed: ");
    texts.put(ErrorCode.XML_ERROR, "XML error: ");
    texts.put(ErrorCode.DOM_EXIST, "this domain exists already: ");
    texts.put(ErrorCode.OPERATION_DENIED, "operation forbidden: ");
    texts.put(ErrorCode.OPEN_FAILED, "failed to open ");
    texts.put(ErrorCode.READ_FAILED, "failed to read ");
    texts.put(ErrorCode.WRITE_FAILED, "failed to write ");
    texts.put(ErrorCode.NO_DOMAIN, "Domain not found: ");
    texts.put(ErrorCode.NO_NETWORK, "Network not found: ");
    texts.put(ErrorCode.AUTH_FAILED, "authentication failed: ");
    texts.put(ErrorCode.NO_STORAGE_POOL, "Storage pool not found: ");
    texts.put(ErrorCode.NO_STORAGE_VOL, "Storage volume not found: ");
    texts.put(ErrorCode.NO_NODE_DEVICE, "Node device not found: ");
    texts.put(ErrorCode.OPERATION_INVALID, "Requested operation is not valid: ");
    texts.put(ErrorCode.NO_INTERFACE, "Interface not found: ");
    texts.put(ErrorCode.INVALID_NWFILTER, "Invalid network filter: ");
    texts.put(ErrorCode.NO_NWFILTER, "Network filter not found: ");
    texts.put(ErrorCode.BUILD_FIREWALL, "Failed to build firewall: ");
    texts.put(ErrorCode.NO_SECRET, "Secret not found: ");
    texts.put(ErrorCode.CONFIG_UNSUPPORTED, "unsupported configuration: ");
    texts.put(ErrorCode.OPERATION_TIMEOUT, "Timed out during operation: ");
    texts.put(ErrorCode.NO_DOMAIN_SNAPSHOT, "Domain snapshot not found: ");
    texts.put(ErrorCode.ARGUMENT_UNSUPPORTED, "argument unsupported: ");
    texts.put(ErrorCode.OPERATION_ABORTED, "operation aborted: ");
    texts.put(ErrorCode.NO_DOMAIN_METADATA, "metadata not found: ");
    texts.put(ErrorCode.BLOCK_COPY_ACTIVE, "block copy still active: ");
    texts.put(ErrorCode.OPERATION_UNSUPPORTED, "Operation not supported: ");
    texts.put(ErrorCode.AGENT_UNRESPONSIVE, "Guest agent is not responding: ");
    texts.put(ErrorCode.RESOURCE_BUSY, "resource busy: ");
    texts.put(ErrorCode.ACCESS_DENIED, "access denied: ");
    texts.put(ErrorCode.CPU_INCOMPATIBLE, "the CPU is incompatible with host CPU: ");
    texts.put(
        ErrorCode.AGENT_UNSYNCED, "guest agent replied with wrong id to guest-sync command: ");
    texts.put(ErrorCode.DEVICE_MISSING, "device not found: ");
    texts.put(ErrorCode.INVALID_NWFILTER_BINDING, "Invalid network filter binding: ");
    texts.put(ErrorCode.NO_NWFILTER_BINDING, "Network filter binding not found: ");
    texts.put(ErrorCode.NO_DOMAIN_CHECKPOINT, "Domain checkpoint not found: ");
    texts.put(ErrorCode.NO_NETWORK_PORT, "network port not found: ");
    return texts;
  }
}
