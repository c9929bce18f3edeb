package org.virt.core.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.virt.api.StateDirectory;
import org.virt.common.process.HookScripts;
import org.virt.common.process.HookScripts.Call;

/** Tells the operator's programs {@code hooks/daemon} that the runtime starts and stops. */
@Component(service = DaemonHook.class, immediate = true)
public final class DaemonHook {
  private final HookScripts scripts;

  @Activate
  public DaemonHook(@Reference StateDirectory state) {
    scripts = HookScripts.of(state.configuration(), "daemon");
    scripts.tell(Call.ofRuntime("start"), () -> "");
  }

  @Deactivate
  public void stop() {
    scripts.tell(Call.ofRuntime("shutdown"), () -> "");
  }
}
