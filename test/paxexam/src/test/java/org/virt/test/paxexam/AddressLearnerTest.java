package org.virt.test.paxexam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.virt.api.HostCheck;
import org.virt.api.HostCheck.Finding;
import org.virt.api.HostCheck.Result;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.AddressLearner;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnTerms;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.PortRef;

/** The learner with its native library in the framework's class loaders. */
@RunWith(PaxExam.class)
public class AddressLearnerTest {
  private static final String CAPTURE_THREAD = "virt-learnip-capture";
  private static final Duration DEADLINE = Duration.ofSeconds(15);

  @Inject private BundleContext context;
  @Inject private AddressLearner learner;

  private final BlockingQueue<String> learned = new LinkedBlockingQueue<>();

  @Configuration
  public Option[] configuration() {
    return new Option[] {Distribution.everything()};
  }

  @Test
  public void capturesOnlyWhileAPortLearnsAndEndsWithItsBundle() throws Exception {
    assumeHostCanCapture();
    assertEquals("threads before the first port", 0, captureThreads());
    Subscription subscription =
        learner.learn(request("lo", MacAddress.parse("52:54:00:00:00:01")), sink());
    assertEquals(1, captureThreads());
    bundle().stop();
    until(() -> captureThreads() == 0);
    subscription.close();
    bundle().start();
  }

  @Test
  public void learnsFromRealFrames() throws Exception {
    assumeHostCanCapture();
    assumeTrue(
        "needs a network namespace of its own", "1".equals(System.getenv("VIRT_TEST_NETNS")));
    run("ip", "link", "add", "port0", "type", "veth", "peer", "name", "guest0");
    try {
      run("ip", "link", "set", "port0", "up");
      run("ip", "link", "set", "guest0", "up");
      run("ip", "address", "add", "192.0.2.9/24", "dev", "guest0");
      MacAddress mac = MacAddress.parse(link("guest0", "address"));
      try (Subscription subscription = learner.learn(request("port0", mac), sink())) {
        run("busybox", "arping", "-q", "-U", "-c", "1", "-I", "guest0", "192.0.2.9");
        assertEquals("192.0.2.9 ARP", learned.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS));
      }
    } finally {
      run("ip", "link", "delete", "port0");
    }
  }

  private void assumeHostCanCapture() throws InvalidSyntaxException {
    for (ServiceReference<HostCheck> reference :
        context.getServiceReferences(HostCheck.class, null)) {
      if (reference.getBundle().equals(bundle())) {
        for (Finding finding : context.getService(reference).check()) {
          assumeTrue(finding.what() + ": " + finding.remedy(), finding.result() == Result.PASS);
        }
      }
    }
  }

  private Bundle bundle() {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> "org.virt.learnip".equals(bundle.getSymbolicName()))
        .findFirst()
        .orElseThrow();
  }

  private static LearnRequest request(String name, MacAddress mac) throws IOException {
    PortRef port = new PortRef(new PortId(name), Integer.parseInt(link(name, "ifindex")), mac);
    LearnTerms terms =
        new LearnTerms(Map.of(Family.IPV4, 1), Set.of(), Set.of(), Map.of(), Guest.CLIENT);
    return new LearnRequest(port, Optional.empty(), Mode.ANY, terms);
  }

  private static String link(String name, String attribute) throws IOException {
    return Files.readString(Path.of("/sys/class/net", name, attribute)).strip();
  }

  private LearnSink sink() {
    return new LearnSink() {
      @Override
      public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {
        learned.add(address.getHostAddress() + " " + source);
      }

      @Override
      public void released(InetAddress address) {
        learned.add("released " + address.getHostAddress());
      }

      @Override
      public void failed(String reason) {
        learned.add("failed: " + reason);
      }
    };
  }

  private static long captureThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(CAPTURE_THREAD))
        .count();
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue("not in time", System.nanoTime() < deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertTrue(String.join(" ", command), process.waitFor(10, TimeUnit.SECONDS));
    assertEquals(String.join(" ", command), 0, process.exitValue());
  }
}
