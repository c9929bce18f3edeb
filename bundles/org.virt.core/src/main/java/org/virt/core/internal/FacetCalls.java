package org.virt.core.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;

/**
 * Makes facets of which each call goes through a session: it is asked of the driver anew, and
 * answers {@code NO_SUPPORT} where the driver does not have it.
 */
final class FacetCalls {
  private final Session session;
  private final Finder finder;
  private final String object;

  /** Asks a driver for a facet. */
  @FunctionalInterface
  private interface Finder {
    Optional<?> find(DriverConnection connection, Class<?> type);
  }

  private FacetCalls(Session session, Finder finder, String object) {
    this.session = session;
    this.finder = finder;
    this.object = object;
  }

  /** Makes a facet of a connection. */
  static <F> F of(Session session, Class<F> type, URI uri, Hosts hosts) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    Finder finder =
        (connection, wanted) -> {
          Optional<?> own = facets(connection).flatMap(facets -> facets.facet(wanted));
          return own.isPresent() ? own : hosts.find(scheme, wanted);
        };
    return new FacetCalls(session, finder, uri.toString()).proxy(type);
  }

  private static Optional<Facets> facets(DriverConnection connection) {
    return connection instanceof Facets facets ? Optional.of(facets) : Optional.empty();
  }

  /** Makes a facet of a machine. */
  static <F> F of(Session session, Class<F> type, DomainId id, String label) {
    Finder finder =
        (connection, wanted) -> facets(connection).flatMap(facets -> facets.facet(wanted, id));
    return new FacetCalls(session, finder, "domain " + label).proxy(type);
  }

  private <F> F proxy(Class<F> type) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return ofObject(self, method, arguments, type);
              }
              return call(type, method, arguments);
            });
    return type.cast(proxy);
  }

  private Object ofObject(Object self, Method method, Object[] arguments, Class<?> type) {
    return switch (method.getName()) {
      case "equals" -> self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      default -> type.getSimpleName() + " of " + object;
    };
  }

  private Object call(Class<?> type, Method method, Object[] arguments) throws VirtException {
    String action = words(method.getName()) + ": " + object;
    if (method.getReturnType() == void.class) {
      session.order(action, connection -> ask(connection, type, method, arguments, action));
      return null;
    }
    return session.ask(action, connection -> ask(connection, type, method, arguments, action));
  }

  private Object ask(
      DriverConnection connection, Class<?> type, Method method, Object[] arguments, String action)
      throws VirtException {
    Object facet = find(connection, type, action);
    try {
      return method.invoke(facet, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      if (cause instanceof VirtException known) {
        throw known;
      }
      if (cause instanceof RuntimeException fault) {
        throw fault;
      }
      if (cause instanceof LinkageError fault) {
        throw fault;
      }
      throw new IllegalStateException(action, cause);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(action, e);
    }
  }

  private Object find(DriverConnection connection, Class<?> type, String action)
      throws VirtException {
    Optional<?> found = finder.find(connection, type);
    if (found.isEmpty()) {
      throw new VirtException(
          ErrorCode.NO_SUPPORT,
          action + ": the driver " + session.driver().name() + " does not support it");
    }
    return found.get();
  }

  /** Turns {@code setMaxMemory} into {@code set max memory}. */
  private static String words(String method) {
    return method.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
  }
}
