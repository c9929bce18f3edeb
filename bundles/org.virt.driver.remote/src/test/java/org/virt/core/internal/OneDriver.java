package org.virt.core.internal;

import java.lang.reflect.Proxy;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.virt.api.Connector;
import org.virt.spi.driver.HypervisorDriver;

/** A connector that has one driver, without a framework. */
public final class OneDriver {
  private OneDriver() {}

  /** Returns a connector for a driver of a scheme. */
  public static Connector connector(HypervisorDriver driver, String scheme) {
    DriverConnector connector = new DriverConnector();
    connector.bindDriver(reference(scheme), driver);
    return connector;
  }

  @SuppressWarnings("unchecked") // A proxy has no type arguments.
  private static ServiceReference<HypervisorDriver> reference(String scheme) {
    ClassLoader loader = OneDriver.class.getClassLoader();
    Object bundle =
        Proxy.newProxyInstance(
            loader, new Class<?>[] {Bundle.class}, (proxy, method, arguments) -> "one.driver");
    return (ServiceReference<HypervisorDriver>)
        Proxy.newProxyInstance(
            loader,
            new Class<?>[] {ServiceReference.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  case "compareTo" -> 0;
                  case "getProperty" -> scheme;
                  case "getBundle" -> bundle;
                  default -> null;
                });
  }
}
