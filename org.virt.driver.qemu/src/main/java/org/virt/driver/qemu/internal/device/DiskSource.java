package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Where an image is: a file, a device, a server. */
public final class DiskSource {
  private DiskSource() {}

  /** Says whether there is an image at all. */
  static boolean isGiven(String type, Node source) {
    return source != null
        && switch (type) {
          case "file" -> source.has("@file");
          case "block" -> source.has("@dev");
          case "dir" -> source.has("@dir");
          case "volume" -> source.has("@volume");
          default -> true;
        };
  }

  /** Returns the node, without its name. */
  public static Props of(Machine machine, Node disk, Node layer, CommandLine out)
      throws VirtException {
    Node source = layer.child("source");
    String type = layer.get("@type", "file");
    switch (type) {
      case "file" -> {
        return file("file", disk, source.require("@file"), out, machine);
      }
      case "block" -> {
        String driver = disk.is("@device", "cdrom") ? "host_cdrom" : "host_device";
        return file(driver, disk, source.require("@dev"), out, machine);
      }
      case "dir" -> {
        Props fat = Props.device("vvfat").put("dir", source.require("@dir"));
        return fat.put("floppy", disk.is("@device", "floppy")).put("rw", !disk.has("readonly"));
      }
      case "nvme" -> {
        Node at = source.child("address");
        if (at == null) {
          throw Refusal.value(source.path("address"), null);
        }
        Props nvme = Props.device("nvme").put("device", PciNames.host(at));
        return nvme.put("namespace", source.number("@namespace"));
      }
      case "volume" -> {
        source.require("@pool");
        return file("file", disk, machine.facts().volume(source), out, machine);
      }
      case "network" -> {
        return network(machine, layer, source, out);
      }
      default -> throw Refusal.value(layer.path("@type"), type);
    }
  }

  private static Props file(String driver, Node disk, String path, CommandLine out, Machine machine)
      throws VirtException {
    Props props = Props.device(driver).put("filename", path);
    Node reservations = disk.child("source/reservations");
    if (reservations != null) {
      boolean own = !reservations.is("@managed", "yes");
      String id = own ? "pr-helper-" + Machine.alias(disk) : "pr-helper0";
      String socket = machine.facts().socketFolder() + "/pr-helper0.sock";
      String server = own ? reservations.require("source/@path") : socket;
      out.add("-object", Props.object("pr-manager-helper", id).put("path", server));
      props.put("pr-manager", id);
    }
    String io = disk.get("driver/@io");
    disk.oneOf("driver/@io", "native", "threads", "io_uring");
    if ("native".equals(io) && !Cache.of(disk).isDirect()) {
      throw Refusal.of(disk.path("driver/@io"), "'native' needs cache 'none' or 'directsync'");
    }
    return props.put("aio", io);
  }

  private static Props network(Machine machine, Node layer, Node source, CommandLine out)
      throws VirtException {
    String protocol = source.require("@protocol");
    String name = source.get("@name", "");
    switch (protocol) {
      case "nbd" -> {
        Props nbd = Props.device("nbd").put("server", server(source));
        nbd.put("export", name.isEmpty() ? null : name);
        nbd.put("tls-hostname", source.get("@tlsHostname"));
        return nbd.put("tls-creds", source.on("@tls") ? Tls.write(machine, layer, out) : null);
      }
      case "rbd" -> {
        return rbd(machine, layer, source, name, out);
      }
      case "iscsi" -> {
        return iscsi(machine, layer, source, name, out);
      }
      case "http", "https", "ftp", "ftps", "tftp" -> {
        Node host = host(source);
        String url = protocol + "://" + host.get("@name") + ":" + host.get("@port") + "/" + name;
        String query = source.get("@query");
        Props web = Props.device(protocol).put("url", url + (query == null ? "" : "?" + query));
        web.put("sslverify", source.flag("ssl/@verify"));
        web.put("readahead", source.number("readahead/@size"));
        return web.put("timeout", source.number("timeout/@seconds"));
      }
      case "ssh" -> {
        Node host = host(source);
        Props at = new Props().put("host", host.get("@name")).put("port", host.get("@port"));
        return Props.device("ssh").put("path", name).put("server", at);
      }
      case "gluster" -> {
        int slash = name.indexOf('/');
        List<Props> servers = new ArrayList<>();
        for (Node host : source.children("host")) {
          servers.add(address(host));
        }
        Props gluster = Props.device("gluster").put("volume", name.substring(0, slash));
        return gluster.put("path", name.substring(slash + 1)).put("server", servers);
      }
      case "nfs" -> {
        Props at = new Props().put("host", host(source).get("@name")).put("type", "inet");
        return Props.device("nfs").put("server", at).put("path", name);
      }
      default -> throw Refusal.value(source.path("@protocol"), protocol);
    }
  }

  private static Props rbd(Machine machine, Node layer, Node source, String name, CommandLine out)
      throws VirtException {
    int slash = name.indexOf('/');
    if (slash < 0) {
      throw Refusal.of(source.path("@name"), "'" + name + "' is not POOL/IMAGE");
    }
    Props props = Props.device("rbd").put("pool", name.substring(0, slash));
    int last = name.lastIndexOf('/');
    props.put("namespace", last > slash ? name.substring(slash + 1, last) : null);
    props.put("image", name.substring(last + 1)).put("snapshot", source.get("snapshot/@name"));
    props.put("conf", source.get("config/@file"));
    List<Props> servers = new ArrayList<>();
    for (Node host : source.children("host")) {
      String port = host.get("@port", "6789");
      servers.add(new Props().put("host", host.get("@name")).put("port", port));
    }
    props.put("server", servers.isEmpty() ? null : servers);
    Node auth = auth(layer);
    if (auth != null) {
      props.put("user", auth.get("@username"));
      String secret = Secrets.write(machine, Machine.alias(top(layer)), auth.child("secret"), out);
      props.put("key-secret", secret);
      props.put("auth-client-required", List.of("cephx", "none"));
    }
    Node encryption = source.child("encryption");
    if (encryption != null && encryption.is("@engine", "librbd")) {
      String use = Machine.alias(top(layer)) + "-encryption";
      Props encrypt = new Props().put("format", encryption.get("@format"));
      encrypt.put("key-secret", Secrets.write(machine, use, encryption.child("secret"), out));
      props.put("encrypt", encrypt);
    }
    return props;
  }

  /** Returns the node of a SCSI device behind iSCSI. */
  static Props iscsi(Machine machine, Node device, CommandLine out) throws VirtException {
    Node source = device.child("source");
    return iscsi(machine, device, source, source.get("@name", ""), out);
  }

  private static Props iscsi(Machine machine, Node layer, Node source, String name, CommandLine out)
      throws VirtException {
    Node host = host(source);
    int slash = name.lastIndexOf('/');
    Props props = Props.device("iscsi");
    props.put("portal", host.get("@name") + ":" + host.get("@port"));
    props.put("target", slash < 0 ? name : name.substring(0, slash));
    String unit = slash < 0 ? "0" : name.substring(slash + 1);
    if (!unit.matches("[0-9]{1,5}")) {
      throw Refusal.of(source.path("@name"), "'" + unit + "' is not the number of a unit");
    }
    props.put("lun", Integer.parseInt(unit));
    props.put("transport", "tcp");
    props.put("initiator-name", source.get("initiator/iqn/@name"));
    Node auth = auth(layer);
    if (auth != null) {
      props.put("user", auth.get("@username"));
      String use = Machine.alias(top(layer));
      props.put("password-secret", Secrets.write(machine, use, auth.child("secret"), out));
    }
    return props;
  }

  private static Node top(Node layer) {
    Node at = layer;
    while (!at.has("alias") && at.parent() != null) {
      at = at.parent();
    }
    return at;
  }

  private static Node auth(Node layer) {
    Node inner = layer.child("source/auth");
    return inner == null ? layer.child("auth") : inner;
  }

  private static Node host(Node source) throws VirtException {
    Node host = source.child("host");
    if (host == null) {
      throw Refusal.value(source.path("host"), null);
    }
    return host;
  }

  private static Props server(Node source) throws VirtException {
    return address(host(source));
  }

  private static Props address(Node host) {
    if (host.is("@transport", "unix")) {
      return new Props().put("type", "unix").put("path", host.get("@socket"));
    }
    Props inet = new Props().put("type", "inet").put("host", host.get("@name"));
    return inet.put("port", host.get("@port"));
  }
}
