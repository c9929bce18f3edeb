package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.DomainId;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.driver.qemu.internal.linux.QemuProcess;

/**
 * What outlives the runtime of a run: enough to find the machine again, or to remove what it left.
 *
 * @param id the machine
 * @param name its name
 * @param number of the run
 * @param boot the host's boot that it runs in
 * @param phase how far it is
 * @param process its process; absent before that is started
 * @param paths where its files are
 * @param logStart where the log of this run begins, bytes
 * @param ports its interfaces on the host
 * @param loan what of the host's files it has
 * @param reason why it is in its state
 * @param rebooting whether a power-off of the guest is half of a reboot that was asked for
 * @param xml the domain XML of the run, with passwords
 * @param origin the domain XML that it was started with, without
 */
record RunState(
    DomainId id,
    String name,
    int number,
    String boot,
    Phase phase,
    Optional<QemuProcess.Id> process,
    RunPaths paths,
    long logStart,
    List<Port> ports,
    Loan loan,
    Reason reason,
    boolean rebooting,
    String xml,
    String origin) {
  RunState {
    ports = List.copyOf(ports);
  }

  /**
   * Files that were given to the user who runs a machine.
   *
   * @param user empty for the runtime's own
   */
  record Loan(String user, List<String> files) {
    Loan {
      files = List.copyOf(files);
    }

    private static Loan parse(JsonObject run) {
      List<String> files = new ArrayList<>();
      if (!run.has("user")) {
        return new Loan("", files);
      }
      run.getAsJsonArray("lent").forEach(file -> files.add(file.getAsString()));
      return new Loan(run.get("user").getAsString(), files);
    }

    private void write(JsonObject run) {
      JsonArray list = new JsonArray();
      files.forEach(list::add);
      run.addProperty("user", user);
      run.add("lent", list);
    }
  }

  /** How far a run is. */
  enum Phase {
    /** Being started: what is there of it is removed by who finds it. */
    STARTING,
    /** Started. */
    RUNNING
  }

  /** Returns it as text. */
  String json() {
    JsonObject object = new JsonObject();
    object.addProperty("uuid", id.toString());
    object.addProperty("name", name);
    object.addProperty("id", number);
    object.addProperty("boot", boot);
    object.addProperty("phase", phase.name());
    process.ifPresent(
        own -> {
          object.addProperty("pid", own.pid());
          object.addProperty("started", own.startTicks());
        });
    object.addProperty("sockets", paths.sockets().toString());
    object.addProperty("logStart", logStart);
    object.addProperty("reason", reason.name());
    object.addProperty("rebooting", rebooting);
    JsonArray list = new JsonArray();
    for (Port port : ports) {
      JsonObject entry = new JsonObject();
      entry.addProperty("alias", port.alias());
      entry.addProperty("name", port.name().name());
      entry.addProperty("mac", port.mac().toString());
      entry.addProperty("kind", port.kind().name());
      entry.addProperty("owner", port.owner().name());
      entry.addProperty("filter", port.filter().name());
      list.add(entry);
    }
    object.add("ports", list);
    loan.write(object);
    object.addProperty("xml", xml);
    object.addProperty("origin", origin);
    return object.toString();
  }

  /** Earlier versions made taps only. */
  private static Port.Kind kind(JsonObject port) {
    return port.has("kind") ? Port.Kind.valueOf(port.get("kind").getAsString()) : Port.Kind.TAP;
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws RuntimeException when it is something else
   */
  static RunState parse(String json, RunPaths.Area area) {
    JsonObject object = JsonParser.parseString(json).getAsJsonObject();
    DomainId id = new DomainId(UUID.fromString(object.get("uuid").getAsString()));
    Optional<QemuProcess.Id> process =
        object.has("pid")
            ? Optional.of(
                new QemuProcess.Id(
                    object.get("pid").getAsLong(), object.get("started").getAsLong()))
            : Optional.empty();
    List<Port> ports = new ArrayList<>();
    for (JsonElement element : object.getAsJsonArray("ports")) {
      JsonObject entry = element.getAsJsonObject();
      ports.add(
          new Port(
              entry.get("alias").getAsString(),
              new PortId(entry.get("name").getAsString()),
              MacAddress.parse(entry.get("mac").getAsString()),
              kind(entry),
              Port.Owner.valueOf(entry.get("owner").getAsString()),
              Port.Filter.valueOf(entry.get("filter").getAsString())));
    }
    return new RunState(
        id,
        object.get("name").getAsString(),
        object.get("id").getAsInt(),
        object.get("boot").getAsString(),
        Phase.valueOf(object.get("phase").getAsString()),
        process,
        area.paths(id, object.get("name").getAsString(), object.get("sockets").getAsString()),
        object.get("logStart").getAsLong(),
        ports,
        Loan.parse(object),
        Reason.valueOf(object.get("reason").getAsString()),
        object.get("rebooting").getAsBoolean(),
        object.get("xml").getAsString(),
        object.get("origin").getAsString());
  }
}
