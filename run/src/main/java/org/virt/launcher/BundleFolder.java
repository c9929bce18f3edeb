package org.virt.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;

/** Installs the bundles of the installation and of the hot-deploy folder. */
final class BundleFolder {
  /** The framework's level once everything is started. */
  static final int LAST_LEVEL = 4;

  private static final int LEVEL_WEAVING = 1;
  private static final int LEVEL_LIBRARIES = 2;
  private static final int LEVEL_OURS = 3;

  private final BundleContext context;

  BundleFolder(BundleContext context) {
    this.context = context;
  }

  /**
   * Installs every jar of the installation by reference, so that nothing is copied, but those of
   * {@link Logging}.
   *
   * @throws LauncherException when one cannot be installed: the installation is broken then
   */
  List<Bundle> install(Path folder) throws LauncherException {
    List<Bundle> bundles = new ArrayList<>();
    for (Path jar : jars(folder)) {
      if (Logging.isPart(jar)) {
        continue;
      }
      try {
        Bundle bundle = context.installBundle("reference:" + jar.toUri());
        bundle.adapt(BundleStartLevel.class).setStartLevel(level(bundle.getSymbolicName()));
        bundles.add(bundle);
      } catch (BundleException e) {
        throw new LauncherException("cannot install " + jar + ": " + e.getMessage(), e);
      }
    }
    return bundles;
  }

  /**
   * Installs what the hot-deploy folder holds, under the location by which File Install knows it,
   * so that it belongs to the first start and is looked after from then on. A broken file there is
   * reported, and does not keep the others.
   */
  List<Bundle> installHot(Path folder) throws LauncherException {
    List<Bundle> bundles = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return bundles;
    }
    for (Path jar : jars(folder)) {
      try {
        Bundle bundle = context.installBundle(jar.toUri().normalize().toString());
        bundle.adapt(BundleStartLevel.class).setStartLevel(LAST_LEVEL);
        bundles.add(bundle);
      } catch (BundleException e) {
        System.err.println("virt: cannot install " + jar + ": " + e.getMessage());
      }
    }
    return bundles;
  }

  /**
   * Marks all to be started when their level is reached; fragments and libraries of the shell are
   * only resolved.
   */
  static void start(List<Bundle> bundles) {
    for (Bundle bundle : bundles) {
      boolean fragment = bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
      // Its activator starts a shell on our standard input and stops the framework when that ends.
      boolean console = "org.apache.felix.gogo.jline".equals(bundle.getSymbolicName());
      if (!fragment && !console) {
        try {
          bundle.start();
        } catch (BundleException e) {
          System.err.println(
              "virt: cannot start " + bundle.getSymbolicName() + ": " + e.getMessage());
        }
      }
    }
  }

  private static int level(String symbolicName) {
    if (symbolicName.startsWith("org.objectweb.asm")
        || symbolicName.startsWith("org.apache.aries.spifly")) {
      return LEVEL_WEAVING;
    }
    return symbolicName.startsWith("org.virt.") ? LEVEL_OURS : LEVEL_LIBRARIES;
  }

  private static List<Path> jars(Path folder) throws LauncherException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new LauncherException("cannot read " + folder + ": " + e, e);
    }
  }
}
