package org.virt.launcher;

import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Runs the runtime of one home in the foreground. Prints {@code virt: ready in N ms} once every
 * component is up; ends with 0 when it was stopped, 1 when it cannot start, 2 for wrong usage.
 */
public final class Main {
  /**
   * System property, seconds since the epoch with a fraction: when whoever starts this process
   * began to.
   */
  private static final String STARTED = "virt.started";

  /** SIGTERM has 5 s, and the JVM needs some of them. */
  private static final long STOP_MILLISECONDS = 4500;

  private static volatile boolean ended;

  private Main() {}

  /** Runs until the framework is stopped or the process is told to end. */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("error: " + e.getMessage());
      return 2;
    }
    try (HomeLock lock = HomeLock.acquire(options.home())) {
      VirtRuntime runtime = VirtRuntime.start(options);
      stopOnSignal(runtime, lock);
      runtime.awaitReady().forEach(line -> System.err.println("virt: not up: " + line));
      System.out.println("virt: ready in " + (System.currentTimeMillis() - started()) + " ms");
      runtime.awaitStop();
      ended = true;
      return 0;
    } catch (LauncherException e) {
      ended = true;
      System.err.println("error: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static void stopOnSignal(VirtRuntime runtime, HomeLock lock) {
    Thread hook =
        new Thread(
            () -> {
              if (ended) {
                return;
              }
              if (!runtime.stop(STOP_MILLISECONDS)) {
                System.err.println("virt: some bundles did not stop in time");
              }
              lock.close();
              // An asked-for end is no failure; without this the JVM reports 143.
              Runtime.getRuntime().halt(0);
            },
            "virt-launcher-stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static long started() {
    String given = System.getProperty(STARTED);
    if (given == null) {
      return ManagementFactory.getRuntimeMXBean().getStartTime();
    }
    return (long) (Double.parseDouble(given) * 1000);
  }
}
