package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.TreeSet;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.TypedParameters;
import org.virt.api.domain.VcpuVerbs.Plug;

/** The CPUs that a guest uses, as its agent tells. */
final class GuestCpus {
  private final Agent agent;

  GuestCpus(Agent agent) {
    this.agent = agent;
  }

  private JsonArray all() throws VirtException {
    return Json.array(agent.ask("guest-get-vcpus"));
  }

  private static CpuSet those(JsonArray cpus, String flag) {
    TreeSet<Integer> found = new TreeSet<>();
    for (JsonElement cpu : cpus) {
      if (flag.isEmpty() || Json.text(cpu, flag).equals("true")) {
        found.add((int) Json.number(cpu, "logical-id"));
      }
    }
    return new CpuSet(found);
  }

  int online() throws VirtException {
    return those(all(), "online").cpus().size();
  }

  TypedParameters parameters() throws VirtException {
    JsonArray cpus = all();
    return TypedParameters.builder()
        .string("vcpus", those(cpus, "").toString())
        .string("online", those(cpus, "online").toString())
        .string("offlinable", those(cpus, "can-offline").toString())
        .build();
  }

  void setVcpus(int count) throws VirtException {
    TreeSet<Integer> cpus = those(all(), "").cpus();
    if (count < 1 || count > cpus.size()) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "requested vcpu count is greater than the count of enabled vcpus in the domain: "
              + count
              + " > "
              + cpus.size());
    }
    int number = 0;
    JsonArray wanted = new JsonArray();
    for (int cpu : cpus) {
      wanted.add(Json.object("logical-id", cpu, "online", number++ < count));
    }
    agent.ask("guest-set-vcpus", "vcpus", wanted);
  }

  void set(CpuSet vcpus, Plug plug) throws VirtException {
    JsonArray wanted = new JsonArray();
    vcpus
        .cpus()
        .forEach(cpu -> wanted.add(Json.object("logical-id", cpu, "online", plug == Plug.IN)));
    agent.ask("guest-set-vcpus", "vcpus", wanted);
  }
}
