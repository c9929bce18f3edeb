package org.virt.test.paxexam;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Asks Declarative Services how our components are, and says in words what they lack. */
final class Components {
  private static final String OURS = "org.virt.";

  private final BundleContext context;

  Components(BundleContext context) {
    this.context = context;
  }

  /** Returns the names of our components. */
  List<String> names() {
    return descriptions().stream().map(component -> component.name).toList();
  }

  /** Returns a line for each bundle and component of ours that is not as it should be. */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
      if (bundle.getState() != Bundle.ACTIVE && !fragment) {
        complaints.add("bundle " + bundle.getSymbolicName() + " is not active: " + why(bundle));
      }
    }
    for (ComponentDescriptionDTO component : descriptions()) {
      complaints.addAll(complaints(component));
    }
    return complaints;
  }

  private List<String> complaints(ComponentDescriptionDTO component) {
    var configurations = runtime().getComponentConfigurationDTOs(component);
    List<String> complaints = new ArrayList<>();
    if (configurations.isEmpty()) {
      complaints.add("component " + component.name + " has no configuration");
    }
    for (ComponentConfigurationDTO configuration : configurations) {
      switch (configuration.state) {
        case ComponentConfigurationDTO.UNSATISFIED_REFERENCE -> {
          for (UnsatisfiedReferenceDTO reference : configuration.unsatisfiedReferences) {
            complaints.add(
                "component " + component.name + " lacks " + describe(component, reference));
          }
        }
        case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION ->
            complaints.add("component " + component.name + " lacks its configuration");
        case ComponentConfigurationDTO.FAILED_ACTIVATION ->
            complaints.add("component " + component.name + " failed: " + configuration.failure);
        default -> {
          // Satisfied or active.
        }
      }
    }
    return complaints;
  }

  private static String describe(
      ComponentDescriptionDTO component, UnsatisfiedReferenceDTO missing) {
    String type =
        Arrays.stream(component.references)
            .filter(reference -> reference.name.equals(missing.name))
            .map(reference -> reference.interfaceName)
            .findFirst()
            .orElse(missing.name);
    return missing.target == null ? type : type + " with " + missing.target;
  }

  private List<ComponentDescriptionDTO> descriptions() {
    return runtime().getComponentDescriptionDTOs().stream()
        .filter(component -> component.bundle.symbolicName.startsWith(OURS))
        .toList();
  }

  private ServiceComponentRuntime runtime() {
    ServiceReference<ServiceComponentRuntime> reference =
        context.getServiceReference(ServiceComponentRuntime.class);
    if (reference == null) {
      throw new AssertionError("Declarative Services are not there");
    }
    return context.getService(reference);
  }

  /** Starts it once more, for what the framework says about it. */
  private static String why(Bundle bundle) {
    if ((bundle.getState() & (Bundle.INSTALLED | Bundle.RESOLVED)) == 0) {
      return "state " + bundle.getState();
    }
    try {
      bundle.start();
      return "it was not started";
    } catch (BundleException e) {
      return e.getMessage();
    }
  }
}
