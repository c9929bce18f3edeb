package org.virt.shell.internal.commands;

import java.util.Locale;
import java.util.stream.Collectors;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.TypedParameters;

/** Says in virsh's words what happened to a machine. */
final class NoticeText {
  private NoticeText() {}

  /** Returns what virsh prints after the machine's name. */
  static String of(DomainNotice notice) {
    if (notice instanceof DomainNotice.RtcChange rtc) {
      return ": " + rtc.offset();
    } else if (notice instanceof DomainNotice.Watchdog watchdog) {
      return ": " + words(watchdog.action());
    } else if (notice instanceof DomainNotice.IoError error) {
      return error(error);
    } else if (notice instanceof DomainNotice.Graphics graphics) {
      return ": %s local[%s] remote[%s] %s"
          .formatted(
              words(graphics.phase()),
              end(graphics.local()),
              end(graphics.remote()),
              graphics.authentication());
    } else if (notice instanceof DomainNotice.BlockJob job) {
      return ": %s for %s %s".formatted(job.job().text(), job.disk(), words(job.status()));
    } else if (notice instanceof DomainNotice.DiskChange disk) {
      return " disk %s: %s -> %s: %s"
          .formatted(disk.alias(), disk.oldPath(), disk.newPath(), words(disk.reason()));
    } else if (notice instanceof DomainNotice.TrayChange tray) {
      return " disk %s: %s".formatted(tray.alias(), words(tray.reason()));
    } else if (notice instanceof DomainNotice.BalloonChange balloon) {
      return ": " + balloon.kib() + "KiB";
    } else if (notice instanceof DomainNotice.Device device) {
      return ": " + device.alias();
    }
    return ofNewer(notice);
  }

  private static String ofNewer(DomainNotice notice) {
    if (notice instanceof DomainNotice.Tunable tunable) {
      return lines(tunable.parameters());
    } else if (notice instanceof DomainNotice.AgentLifecycle agent) {
      return ": state: '%s' reason: '%s'".formatted(words(agent.state()), words(agent.reason()));
    } else if (notice instanceof DomainNotice.MigrationIteration migration) {
      return ": iteration: '" + migration.iteration() + "'";
    } else if (notice instanceof DomainNotice.JobCompleted job) {
      return lines(job.parameters());
    } else if (notice instanceof DomainNotice.MetadataChange metadata) {
      return ": type %s, uri %s".formatted(words(metadata.kind()), metadata.uri());
    } else if (notice instanceof DomainNotice.BlockThreshold block) {
      return ": dev: %s(%s) %d %d"
          .formatted(block.disk(), block.path(), block.threshold(), block.excess());
    } else if (notice instanceof DomainNotice.MemoryFailure failure) {
      return failure(failure);
    } else if (notice instanceof DomainNotice.MemoryDeviceSizeChange memory) {
      return ":\nalias: %s\nsize: %d".formatted(memory.alias(), memory.bytes());
    }
    // Of the others the type is all.
    return "";
  }

  private static String error(DomainNotice.IoError error) {
    String told = ": %s (%s) %s".formatted(error.path(), error.alias(), words(error.action()));
    return error.type() == DomainNotice.Type.IO_ERROR ? told : told + " due to " + error.reason();
  }

  private static String failure(DomainNotice.MemoryFailure failure) {
    return ":\nrecipient: %s\naction: %s\nflags:\n\taction required: %d\n\trecursive: %d"
        .formatted(
            words(failure.recipient()),
            words(failure.action()),
            failure.flags() & 1,
            failure.flags() >> 1 & 1);
  }

  private static String end(DomainNotice.Graphics.Endpoint end) {
    String family = end.family() == 0 ? "IPv4" : end.family() == 1 ? "IPv6" : "unix";
    return family + " " + end.node() + " " + end.service();
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String lines(TypedParameters parameters) {
    return parameters.list().stream()
        .map(p -> "\n\t" + p.name() + ": " + p.text())
        .collect(Collectors.joining("", ":", ""));
  }
}
