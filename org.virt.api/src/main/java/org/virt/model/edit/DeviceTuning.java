package org.virt.model.edit;

import java.util.List;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.api.domain.TuningVerbs.DeviceArea;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;

/** Limits of one device: a disk's iotune, an interface's bandwidth. */
public final class DeviceTuning {
  private static final String GROUP = "group_name";
  private static final List<String> IOTUNE =
      List.of(
          "total_bytes_sec",
          "read_bytes_sec",
          "write_bytes_sec",
          "total_iops_sec",
          "read_iops_sec",
          "write_iops_sec",
          "total_bytes_sec_max",
          "read_bytes_sec_max",
          "write_bytes_sec_max",
          "total_iops_sec_max",
          "read_iops_sec_max",
          "write_iops_sec_max",
          "size_iops_sec",
          GROUP,
          "total_bytes_sec_max_length",
          "read_bytes_sec_max_length",
          "write_bytes_sec_max_length",
          "total_iops_sec_max_length",
          "read_iops_sec_max_length",
          "write_iops_sec_max_length");

  private static final List<String> BANDWIDTH =
      List.of(
          "inbound.average",
          "inbound.peak",
          "inbound.burst",
          "inbound.floor",
          "outbound.average",
          "outbound.peak",
          "outbound.burst");

  private DeviceTuning() {}

  /** Returns all limits of a device; 0 for none. */
  public static TypedParameters read(DomainTree tree, DeviceArea area, String device)
      throws VirtException {
    XmlElement element = device(tree, area, device);
    TypedParameters.Builder out = TypedParameters.builder();
    if (area == DeviceArea.BLOCK_IO) {
      Optional<XmlElement> tune = element.child("iotune");
      for (String name : IOTUNE) {
        String text = tune.flatMap(t -> t.child(name)).map(t -> t.text().strip()).orElse("");
        if (name.equals(GROUP)) {
          out.string(name, text);
        } else {
          out.ullong(name, text.isEmpty() ? 0 : Long.parseLong(text));
        }
      }
      return out.build();
    }
    Optional<XmlElement> bandwidth = element.child("bandwidth");
    for (String name : BANDWIDTH) {
      String[] path = name.split("\\.", -1);
      String value =
          bandwidth.flatMap(b -> b.child(path[0])).map(d -> d.attribute(path[1])).orElse(null);
      out.uint(name, value == null ? 0 : Long.parseLong(value));
    }
    return out.build();
  }

  /** Sets some limits of a device; 0 removes one. */
  public static void write(
      DomainTree tree, DeviceArea area, String device, TypedParameters parameters)
      throws VirtException {
    XmlElement element = device(tree, area, device);
    for (TypedParameter parameter : parameters.list()) {
      if (area == DeviceArea.BLOCK_IO) {
        require(IOTUNE, parameter);
        limit(element.make("iotune"), parameter);
      } else {
        require(BANDWIDTH, parameter);
        speed(element.make("bandwidth"), parameter);
      }
    }
    for (String tune : List.of("iotune", "bandwidth")) {
      element.child(tune).filter(t -> t.children().isEmpty()).ifPresent(element::remove);
    }
    if (area == DeviceArea.BLOCK_IO) {
      check(read(tree, area, device));
    }
  }

  private static void limit(XmlElement tune, TypedParameter parameter) {
    String text = parameter.text();
    if (text.equals("0") || text.isEmpty()) {
      tune.child(parameter.name()).ifPresent(tune::remove);
    } else {
      tune.make(parameter.name()).setText(text);
    }
  }

  private static void speed(XmlElement bandwidth, TypedParameter parameter) {
    String[] path = parameter.name().split("\\.", -1);
    XmlElement direction = bandwidth.make(path[0]);
    if (parameter.number() == 0) {
      direction.remove(path[1]);
    } else {
      direction.set(path[1], parameter.text());
    }
    if (direction.attributes().isEmpty()) {
      bandwidth.remove(direction);
    }
  }

  /** QEMU takes a total or one for each direction, and no peak below the limit. */
  private static void check(TypedParameters all) throws VirtException {
    for (String unit : List.of("bytes_sec", "iops_sec", "bytes_sec_max", "iops_sec_max")) {
      boolean total = number(all, "total_" + unit) != 0;
      if (total && (number(all, "read_" + unit) != 0 || number(all, "write_" + unit) != 0)) {
        throw DomainTree.invalid(
            "total and read/write of " + unit + " cannot be set at the same time");
      }
    }
    for (String name : IOTUNE.subList(0, 6)) {
      long peak = number(all, name + "_max");
      if (peak != 0 && number(all, name) > peak) {
        throw DomainTree.invalid(name + " cannot be set higher than " + name + "_max");
      }
    }
  }

  private static long number(TypedParameters all, String name) {
    return all.number(name).orElse(0L);
  }

  private static XmlElement device(DomainTree tree, DeviceArea area, String name)
      throws VirtException {
    if (area == DeviceArea.BLOCK_IO) {
      return DeviceEdit.disk(tree, name)
          .orElseThrow(
              () -> DomainTree.invalid("disk '" + name + "' was not found in the domain config"));
    }
    return DeviceEdit.networkInterface(tree, name)
        .orElseThrow(() -> DomainTree.invalid("Can't find device " + name));
  }

  private static void require(List<String> names, TypedParameter parameter) throws VirtException {
    if (!names.contains(parameter.name())) {
      throw DomainTree.invalid("parameter '" + parameter.name() + "' not supported");
    }
  }
}
