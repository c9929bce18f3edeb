package org.virt.test.paxexam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.virt.api.Connector;

/** Whether all that we ship comes up. */
public class ComponentsTest extends RuntimeFixture {
  @Test
  public void comeUpAll() throws Exception {
    service(Connector.class);
    Components components = new Components(context);
    assertFalse("no component was found", components.names().isEmpty());
    until("all components satisfied", () -> components.complaints().isEmpty());
    // Most are made only when they are used.
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getSymbolicName().startsWith("org.virt.")) {
        use(bundle);
      }
    }
    assertEquals(List.of(), components.complaints());
  }

  @Test
  public void saysWhatIsMissing() throws Exception {
    service(Connector.class);
    bundle("org.virt.core").stop();
    String complaint = String.join("; ", new Components(context).complaints());
    assertTrue(complaint, complaint.contains("bundle org.virt.core is not active"));
  }

  private void use(Bundle bundle) {
    ServiceReference<?>[] services = bundle.getRegisteredServices();
    for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
      assertNotNull(service.toString(), context.getService(service));
      context.ungetService(service);
    }
  }
}
