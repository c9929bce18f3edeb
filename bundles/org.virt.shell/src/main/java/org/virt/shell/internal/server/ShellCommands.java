package org.virt.shell.internal.server;

import java.util.List;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Services;
import org.virt.shell.internal.commands.AddressCommands;
import org.virt.shell.internal.commands.AddressWatchCommand;
import org.virt.shell.internal.commands.AgentCommands;
import org.virt.shell.internal.commands.BlockJobCommands;
import org.virt.shell.internal.commands.ClientCommands;
import org.virt.shell.internal.commands.CpuCommands;
import org.virt.shell.internal.commands.DeviceCommands;
import org.virt.shell.internal.commands.DomainCommands;
import org.virt.shell.internal.commands.EventCommand;
import org.virt.shell.internal.commands.FilterCommands;
import org.virt.shell.internal.commands.FilterTreeCommand;
import org.virt.shell.internal.commands.HostCommands;
import org.virt.shell.internal.commands.HostDeviceCommands;
import org.virt.shell.internal.commands.ImportCommand;
import org.virt.shell.internal.commands.InsightCommands;
import org.virt.shell.internal.commands.JobCommands;
import org.virt.shell.internal.commands.MigrateCommand;
import org.virt.shell.internal.commands.MonitorCommands;
import org.virt.shell.internal.commands.NetworkCommands;
import org.virt.shell.internal.commands.NodeCommands;
import org.virt.shell.internal.commands.NoteCommands;
import org.virt.shell.internal.commands.ObjectEventCommands;
import org.virt.shell.internal.commands.PinCommands;
import org.virt.shell.internal.commands.PlugCommands;
import org.virt.shell.internal.commands.PoolAsCommands;
import org.virt.shell.internal.commands.PoolCommands;
import org.virt.shell.internal.commands.PortCommands;
import org.virt.shell.internal.commands.RuntimeCommands;
import org.virt.shell.internal.commands.SaveCommands;
import org.virt.shell.internal.commands.ScreenCommands;
import org.virt.shell.internal.commands.SecretCommands;
import org.virt.shell.internal.commands.SizeCommands;
import org.virt.shell.internal.commands.SnapshotCommands;
import org.virt.shell.internal.commands.SnapshotXmlCommands;
import org.virt.shell.internal.commands.StatCommands;
import org.virt.shell.internal.commands.StatusCommand;
import org.virt.shell.internal.commands.TuneCommands;
import org.virt.shell.internal.commands.VolumeCommands;
import org.virt.shell.internal.commands.VolumeLookupCommands;

/** All commands of this bundle, for those who run them. */
@Component(service = ShellCommands.class)
public final class ShellCommands {
  private final CommandTable table;

  @Activate
  public ShellCommands(BundleContext context, @Reference Services services) {
    Version version = context.getBundle().getVersion();
    String number = version.getMajor() + "." + version.getMinor() + "." + version.getMicro();
    this.table = new CommandTable(services, all(number));
  }

  /** Returns the commands of a version of ours. */
  static List<Command> all(String version) {
    return Stream.of(
            new DomainCommands().commands(),
            new NoteCommands().commands(),
            new SaveCommands().commands(),
            new SizeCommands().commands(),
            new PinCommands().commands(),
            new TuneCommands().commands(),
            new StatCommands().commands(),
            new DeviceCommands().commands(),
            new PlugCommands().commands(),
            new JobCommands().commands(),
            new BlockJobCommands().commands(),
            new AgentCommands().commands(),
            new ScreenCommands().commands(),
            new NodeCommands().commands(),
            new CpuCommands().commands(),
            new MonitorCommands().commands(),
            new EventCommand().commands(),
            new ObjectEventCommands().commands(),
            new HostCommands(version).commands(),
            new FilterCommands().commands(),
            new FilterTreeCommand().commands(),
            new ImportCommand().commands(),
            new PortCommands().commands(),
            new AddressCommands().commands(),
            new AddressWatchCommand().commands(),
            new StatusCommand().commands(),
            new InsightCommands().commands(),
            new SnapshotCommands().commands(),
            new SnapshotXmlCommands().commands(),
            new MigrateCommand().commands(),
            new PoolCommands().commands(),
            new PoolAsCommands().commands(),
            new VolumeCommands().commands(),
            new VolumeLookupCommands().commands(),
            new NetworkCommands().commands(),
            new SecretCommands().commands(),
            new HostDeviceCommands().commands(),
            new RuntimeCommands().commands(),
            new ClientCommands().commands())
        .flatMap(List::stream)
        .toList();
  }

  CommandTable table() {
    return table;
  }
}
