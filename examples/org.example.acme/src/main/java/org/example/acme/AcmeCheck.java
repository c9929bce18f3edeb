package org.example.acme;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.virt.api.HostCheck;

/** Says whether machines can run here. */
@Component
public final class AcmeCheck implements HostCheck {
  @Override
  public List<Finding> check() {
    boolean there = Files.isExecutable(Path.of("/bin/sleep"));
    return List.of(
        new Finding(
            "acme",
            "/bin/sleep",
            there ? Result.PASS : Result.FAIL,
            there ? "" : "no machine runs",
            there ? "" : "apt install coreutils"));
  }
}
