package org.virt.driver.esx.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;

/** The task of the host that occupies one machine, whoever began it. */
final class Jobs implements JobVerbs {
  private static final String INFO = "info";
  private static final Map<String, JobOperation> OPERATIONS =
      Map.of(
          "powerOn", JobOperation.START,
          "suspend", JobOperation.SAVE,
          "createSnapshot", JobOperation.SNAPSHOT,
          "revertToSnapshot", JobOperation.SNAPSHOT_REVERT,
          "revertToCurrentSnapshot", JobOperation.SNAPSHOT_REVERT,
          "remove", JobOperation.SNAPSHOT_DELETE,
          "removeAllSnapshots", JobOperation.SNAPSHOT_DELETE,
          "migrate", JobOperation.MIGRATION_OUT,
          "relocate", JobOperation.MIGRATION_OUT);

  private final Vim vim;
  private final Machines machines;
  private final DomainId id;

  Jobs(Vim vim, Machines machines, DomainId id) {
    this.vim = vim;
    this.machines = machines;
    this.id = id;
  }

  private Optional<Found> running(String action) throws VirtException {
    Query query =
        new Query()
            .properties("Task", INFO)
            .from(machines.find(action, id))
            .via("VirtualMachine", "recentTask");
    for (Found task : query.ask(vim, action)) {
      if (task.node(INFO).text("state").equals("running")) {
        return Optional.of(task);
      }
    }
    return Optional.empty();
  }

  @Override
  public JobStats jobStats(Which which) throws VirtException {
    String action = "get job of domain " + id;
    if (which == Which.COMPLETED) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, action + ": the host keeps no figures of ended tasks");
    }
    Optional<Found> task = running(action);
    if (task.isEmpty()) {
      return new JobStats(JobType.NONE, TypedParameters.builder().build());
    }
    Node info = task.get().node(INFO);
    TypedParameters.Builder figures = TypedParameters.builder();
    String name = info.text("descriptionId");
    JobOperation operation =
        OPERATIONS.getOrDefault(name.substring(name.lastIndexOf('.') + 1), JobOperation.UNKNOWN);
    figures.integer("operation", operation.ordinal());
    long progress = info.number("progress", 0);
    Instant start = Snapshots.time(info.text("startTime"));
    if (start.equals(Instant.EPOCH)) {
      return new JobStats(JobType.UNBOUNDED, figures.build());
    }
    long elapsed = Math.max(0, Duration.between(start, Instant.now()).toMillis());
    figures.ullong("time_elapsed", elapsed);
    if (progress < 1) {
      return new JobStats(JobType.UNBOUNDED, figures.build());
    }
    // The host tells a percentage; what remains takes as long in proportion.
    figures.ullong("time_remaining", elapsed * Math.max(0, 100 - progress) / progress);
    return new JobStats(JobType.BOUNDED, figures.build());
  }

  @Override
  public void abortJob() throws VirtException {
    String action = "abort job of domain " + id;
    Found task =
        running(action)
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.OPERATION_INVALID, action + ": no job is active on the domain"));
    vim.ask(action, "CancelTask", task.ref(), new Body());
  }
}
