package org.virt.driver.qemu.internal.board;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Threads for the input and output of disks. */
public final class ThreadsPart implements Part {
  @Override
  public void complete(Guest guest, Node root) throws VirtException {
    Node loop = root.child("defaultiothread");
    if (loop != null && loop.attributes().isEmpty()) {
      loop.remove();
    }
    if (root.is("iothreads", "0") && !root.has("iothreadids")) {
      root.drop("iothreads");
    }
    Node ids = root.child("iothreadids");
    Node count = root.child("iothreads");
    if (ids != null) {
      long listed = ids.children("iothread").size();
      long given = count == null ? 0 : Numbers.parse(count.text());
      root.ensure("iothreads").text(Long.toString(Math.max(listed, given)));
      if (listed > 0) {
        List<String> all = ids(root);
        for (String id : all.subList((int) listed, all.size())) {
          ids.add(Node.of("iothread", "id", id));
        }
      }
    }
  }

  static List<String> ids(Node root) {
    List<String> ids = new ArrayList<>();
    Node listed = root.child("iothreadids");
    if (listed != null) {
      listed.children("iothread").forEach(thread -> ids.add(thread.get("@id", "")));
    }
    long count = Long.parseLong(root.get("iothreads", "0"));
    for (int id = 1; ids.size() < count; id++) {
      if (!ids.contains(Integer.toString(id))) {
        ids.add(Integer.toString(id));
      }
    }
    return ids;
  }

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    if (!root.get("iothreads", "0").matches("[0-9]{1,4}")) {
      throw Refusal.xml("/domain/iothreads", "'" + root.get("iothreads") + "' is not a number");
    }
    List<String> ids = ids(root);
    for (String id : ids) {
      if (!id.matches("[1-9][0-9]{0,9}") || ids.indexOf(id) != ids.lastIndexOf(id)) {
        throw Refusal.xml("/domain/iothreadids", "'" + id + "' is no number, 0 or there twice");
      }
    }
    Node listed = root.child("iothreadids");
    List<Node> pools = new ArrayList<>(root.children("defaultiothread"));
    pools.addAll(listed == null ? List.of() : listed.children("iothread"));
    for (Node each : pools) {
      long max = each.number("@thread_pool_max", -1);
      if (each.number("@thread_pool_min", -1) > max) {
        throw Refusal.of(each.path("@thread_pool_min"), "is more than thread_pool_max");
      }
    }
    for (Node device : guest.devices().children()) {
      String thread = device.get("driver/@iothread");
      if (thread != null && !ids.contains(thread)) {
        throw Refusal.of(device.path("driver/@iothread"), "there is no thread '" + thread + "'");
      }
    }
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) {
    Node listed = root.child("iothreadids");
    for (String id : ids(root)) {
      Props thread = Props.object("iothread", "iothread" + id);
      if (listed != null) {
        for (Node each : listed.children("iothread")) {
          if (each.is("@id", id)) {
            thread.put("thread-pool-min", longOf(each.get("@thread_pool_min")));
            thread.put("thread-pool-max", longOf(each.get("@thread_pool_max")));
          }
        }
      }
      out.add("-object", thread);
    }
    Node loop = root.child("defaultiothread");
    if (loop != null) {
      Props pool = Props.object("main-loop", "main-loop");
      pool.put("thread-pool-min", longOf(loop.get("@thread_pool_min")));
      pool.put("thread-pool-max", longOf(loop.get("@thread_pool_max")));
      out.add("-object", pool);
    }
  }

  private static Long longOf(String text) {
    return text == null ? null : Long.valueOf(text);
  }
}
