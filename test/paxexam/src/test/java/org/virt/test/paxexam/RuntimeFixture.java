package org.virt.test.paxexam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.fail;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.inject.Inject;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** The whole distribution in a framework, and the words in which tests speak of it. */
@RunWith(PaxExam.class)
public abstract class RuntimeFixture {
  private static final long LIMIT_SECONDS = 10;

  @Inject protected BundleContext context;

  @Configuration
  public Option[] configuration() {
    return new Option[] {Distribution.everything()};
  }

  /** Something that may be refused. */
  @FunctionalInterface
  protected interface Attempt {
    void run() throws Exception;
  }

  /** Waits for a service; when it does not come, says which bundles and components are not well. */
  protected final <T> T service(Class<T> type) throws Exception {
    until("service " + type.getName(), () -> context.getServiceReference(type) != null);
    ServiceReference<T> reference = context.getServiceReference(type);
    return context.getService(reference);
  }

  /** Waits for a condition, and explains the state of the runtime when it does not hold in time. */
  protected final void until(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        List<String> complaints = new Components(context).complaints();
        fail(what + " not within " + LIMIT_SECONDS + " s; " + String.join("; ", complaints));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Returns an installed bundle. */
  protected final Bundle bundle(String symbolicName) {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("bundle " + symbolicName + " is not installed"));
  }

  /** Installs and starts a bundle of the distribution. */
  protected final Bundle install(String symbolicName) throws BundleException {
    Bundle bundle = context.installBundle("reference:" + Distribution.jar(symbolicName).toUri());
    bundle.start();
    return bundle;
  }

  /** Expects an error and returns its message. */
  protected static String fails(ErrorCode code, Attempt attempt) throws Exception {
    try {
      attempt.run();
    } catch (VirtException e) {
      assertEquals(e.getMessage(), code, e.code());
      return e.getMessage();
    }
    throw new AssertionError(code + " was expected");
  }
}
