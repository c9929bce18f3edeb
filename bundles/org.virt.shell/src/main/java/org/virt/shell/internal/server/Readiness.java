package org.virt.shell.internal.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Says when every bundle and component of the runtime is up, or which is not and why. */
@Component(
    service = {Readiness.class, Callable.class},
    property = "virt.role=readiness")
public final class Readiness implements Callable<List<String>> {
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  /** A component that offers no service comes up without notice. */
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final BundleContext context;
  private final ServiceComponentRuntime components;
  private volatile List<String> outcome;

  @Activate
  public Readiness(BundleContext context, @Reference ServiceComponentRuntime components) {
    this.context = context;
    this.components = components;
  }

  /**
   * Waits, a few seconds at most and only the first time, and returns a line for each that is not
   * up.
   */
  @Override
  public List<String> call() throws InterruptedException {
    List<String> known = outcome;
    if (known != null) {
      return known;
    }
    Semaphore changes = new Semaphore(0);
    ServiceListener onService = event -> changes.release();
    FrameworkListener onFramework = event -> changes.release();
    context.addServiceListener(onService);
    context.addFrameworkListener(onFramework);
    try {
      outcome = await(changes);
    } finally {
      context.removeServiceListener(onService);
      context.removeFrameworkListener(onFramework);
    }
    return outcome;
  }

  private List<String> await(Semaphore changes) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    List<String> missing = missing();
    while (!missing.isEmpty() && System.nanoTime() < deadline) {
      if (changes.tryAcquire(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        changes.drainPermits();
      }
      missing = missing();
    }
    return missing;
  }

  private List<String> missing() {
    if (context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() != Bundle.ACTIVE) {
      return List.of("the framework is still starting");
    }
    List<String> missing = new ArrayList<>();
    for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs()) {
      if (components.isComponentEnabled(component)) {
        for (ComponentConfigurationDTO configuration :
            components.getComponentConfigurationDTOs(component)) {
          why(configuration).ifPresent(reason -> missing.add(component.name + ": " + reason));
        }
      }
    }
    return missing;
  }

  private static Optional<String> why(ComponentConfigurationDTO configuration) {
    return switch (configuration.state) {
      case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
          Optional.of(
              "waits for "
                  + Arrays.stream(configuration.unsatisfiedReferences)
                      .map(
                          reference ->
                              reference.name
                                  + (reference.target == null ? "" : " " + reference.target))
                      .collect(Collectors.joining(", ")));
      case ComponentConfigurationDTO.FAILED_ACTIVATION ->
          Optional.of("failed to activate: " + firstLine(configuration.failure));
      default -> Optional.empty();
    };
  }

  private static String firstLine(String text) {
    return text == null ? "?" : text.lines().findFirst().orElse("?");
  }
}
