package org.virt.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/** The framework and the bundles in it, from start to stop. */
final class VirtRuntime {
  /**
   * Marks the {@code Callable<List<String>>} that waits for the components and returns what did not
   * come up.
   */
  private static final String READINESS = "(virt.role=readiness)";

  private final Framework framework;

  private VirtRuntime(Framework framework) {
    this.framework = framework;
  }

  /**
   * Starts all bundles and returns when they are started.
   *
   * @throws LauncherException when the framework or the installation cannot be used
   */
  static VirtRuntime start(Options options) throws LauncherException {
    System.setProperty("virt.home", options.home().toString());
    Logging.start(options);
    Framework framework = new FrameworkFactory().newFramework(configuration(options));
    try {
      framework.init();
      framework.getBundleContext().addFrameworkListener(VirtRuntime::report);
      VirtRuntime runtime = new VirtRuntime(framework);
      BundleFolder folder = new BundleFolder(framework.getBundleContext());
      List<Bundle> own = folder.install(options.installation().resolve("bundles"));
      List<Bundle> hot = folder.installHot(options.load());
      BundleFolder.start(own);
      BundleFolder.start(hot);
      framework.start();
      return runtime;
    } catch (BundleException e) {
      throw new LauncherException("cannot start the framework: " + e.getMessage(), e);
    }
  }

  /**
   * Waits, bounded in time, until every component is up; returns a line for each that is not, and
   * why.
   */
  List<String> awaitReady() {
    BundleContext context = framework.getBundleContext();
    try {
      Collection<ServiceReference<Callable<List<String>>>> found = readiness(context);
      if (found.isEmpty()) {
        return List.of("org.virt.shell: not started, so no command can be given");
      }
      return context.getService(found.iterator().next()).call();
    } catch (Exception e) {
      return List.of("cannot ask for the components: " + e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Collection<ServiceReference<Callable<List<String>>>> readiness(
      BundleContext context) throws InvalidSyntaxException {
    Class<Callable<List<String>>> type = (Class<Callable<List<String>>>) (Class<?>) Callable.class;
    return context.getServiceReferences(type, READINESS);
  }

  /** Returns when somebody has stopped the framework. */
  void awaitStop() throws InterruptedException {
    FrameworkEvent event;
    do {
      event = framework.waitForStop(0);
    } while (event.getType() == FrameworkEvent.STOPPED_UPDATE);
  }

  /** Stops everything; says whether that succeeded in time. */
  boolean stop(long milliseconds) {
    try {
      framework.stop();
      return framework.waitForStop(milliseconds).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    } catch (BundleException e) {
      System.err.println("virt: cannot stop the framework: " + e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Map<String, String> configuration(Options options) throws LauncherException {
    Map<String, String> properties = new HashMap<>();
    properties.put("virt.home", options.home().toString());
    properties.put("virt.etc", options.configuration().toString());
    properties.put(Constants.FRAMEWORK_STORAGE, options.home().resolve("felix").toString());
    properties.put(
        Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    properties.put(
        Constants.FRAMEWORK_BEGINNING_STARTLEVEL, Integer.toString(BundleFolder.LAST_LEVEL));
    properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, Logging.packages());
    properties.put("felix.fileinstall.dir", options.load().toString());
    // Its own work, which a killed runtime leaves behind: beside the bundles, where the next start
    // finds it.
    properties.put("felix.fileinstall.tmpdir", options.home().resolve("felix/load").toString());
    properties.putAll(configured(options.configuration().resolve("virt.properties")));
    return properties;
  }

  private static Map<String, String> configured(Path file) throws LauncherException {
    Properties properties = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new LauncherException("cannot read " + file + ": " + e.getMessage(), e);
      }
    }
    Map<String, String> map = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> map.put(name, properties.getProperty(name)));
    return map;
  }

  private static void report(FrameworkEvent event) {
    if (event.getType() == FrameworkEvent.ERROR) {
      Throwable cause = event.getThrowable();
      System.err.println(
          "virt: "
              + event.getBundle().getSymbolicName()
              + ": "
              + (cause == null ? "error" : cause.getMessage()));
    }
  }
}
