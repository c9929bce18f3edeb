package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.api.domain.StatisticsVerbs.BlockInfo;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** What disks hold and have done. */
final class DiskFigures {
  private static final Logger LOG = LoggerFactory.getLogger(DiskFigures.class);

  /**
   * What QEMU counts.
   *
   * @param qemu its name in {@code query-blockstats}
   * @param name libvirt's, of one disk
   * @param bulk libvirt's, of all machines
   */
  private record Counter(String qemu, String name, String bulk) {}

  private static final List<Counter> COUNTERS =
      List.of(
          new Counter("rd_operations", "rd_operations", "rd.reqs"),
          new Counter("rd_bytes", "rd_bytes", "rd.bytes"),
          new Counter("rd_total_time_ns", "rd_total_times", "rd.times"),
          new Counter("wr_operations", "wr_operations", "wr.reqs"),
          new Counter("wr_bytes", "wr_bytes", "wr.bytes"),
          new Counter("wr_total_time_ns", "wr_total_times", "wr.times"),
          new Counter("flush_operations", "flush_operations", "fl.reqs"),
          new Counter("flush_total_time_ns", "flush_total_times", "fl.times"));

  private DiskFigures() {}

  /** Returns QEMU's figures of all disks, by alias. */
  static Map<String, JsonObject> counted(Asking run) throws VirtException {
    Map<String, JsonObject> disks = new TreeMap<>();
    for (JsonElement disk : Json.array(run.execute("query-blockstats"))) {
      disks.put(Notices.alias(Json.text(disk, "qdev")), Json.child(disk, "stats"));
    }
    return disks;
  }

  /** Returns the sums of {@link #counted}. */
  static TypedParameters sum(Collection<JsonObject> disks) {
    TypedParameters.Builder out = TypedParameters.builder();
    for (Counter counter : COUNTERS) {
      long sum = 0;
      for (JsonObject stats : disks) {
        sum += Math.max(0, Json.number(stats, counter.qemu()));
      }
      out.llong(counter.name(), sum);
    }
    return out.build();
  }

  private static List<XmlElement> disks(DomainTree tree) {
    return DeviceEdit.all(tree).stream().filter(d -> d.name().equals("disk")).toList();
  }

  /** Returns the figures of all disks of a run as {@code domstats} names them. */
  static void active(Asking run, DomainTree tree, TypedParameters.Builder out)
      throws VirtException {
    Map<String, JsonObject> stats = counted(run);
    Map<String, JsonObject> sizes = new TreeMap<>();
    for (JsonElement block : Json.array(run.execute("query-block"))) {
      sizes.put(
          Notices.alias(Json.text(block, "qdev")),
          Json.child(Json.child(block, "inserted"), "image"));
    }
    List<XmlElement> disks = disks(tree);
    out.uint("block.count", disks.size());
    for (int i = 0; i < disks.size(); i++) {
      String prefix = "block." + i + ".";
      String alias = DeviceEdit.alias(disks.get(i));
      name(prefix, disks.get(i), out);
      JsonObject of = stats.getOrDefault(alias, new JsonObject());
      for (Counter counter : COUNTERS) {
        long value = Json.number(of, counter.qemu());
        if (value >= 0) {
          out.ullong(prefix + counter.bulk(), value);
        }
      }
      JsonObject image = sizes.getOrDefault(alias, new JsonObject());
      long actual = Json.number(image, "actual-size");
      if (actual >= 0) {
        out.ullong(prefix + "allocation", actual);
        out.ullong(prefix + "capacity", Json.number(image, "virtual-size"));
      }
    }
  }

  /** Returns the figures of all disks of a machine that does not run. */
  static void inactive(DomainTree tree, TypedParameters.Builder out) {
    List<XmlElement> disks = disks(tree);
    out.uint("block.count", disks.size());
    for (int i = 0; i < disks.size(); i++) {
      String prefix = "block." + i + ".";
      name(prefix, disks.get(i), out);
      Optional<String> path = DeviceEdit.path(disks.get(i));
      if (path.isPresent()) {
        try {
          BlockInfo size = size(disks.get(i), Path.of(path.get()));
          out.ullong(prefix + "allocation", size.allocation());
          out.ullong(prefix + "capacity", size.capacity());
          out.ullong(prefix + "physical", size.physical());
        } catch (VirtException e) {
          LOG.debug("disk {}: {}", path.get(), e.getMessage());
        }
      }
    }
  }

  private static void name(String prefix, XmlElement disk, TypedParameters.Builder out) {
    out.string(prefix + "name", DeviceEdit.target(disk));
    DeviceEdit.path(disk).ifPresent(path -> out.string(prefix + "path", path));
  }

  /** Returns how large the image of a disk is that no machine uses. */
  static BlockInfo size(XmlElement disk, Path image) throws VirtException {
    String format = disk.child("driver").map(driver -> driver.attribute("type")).orElse("raw");
    return ImageSizes.of(image, format);
  }
}
