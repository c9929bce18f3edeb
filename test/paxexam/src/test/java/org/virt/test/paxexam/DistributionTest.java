package org.virt.test.paxexam;

import static org.junit.Assert.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

@RunWith(PaxExam.class)
public class DistributionTest {

  @Inject private BundleContext context;

  @Configuration
  public Option[] configuration() {
    return new Option[] {Distribution.everything()};
  }

  @Test
  public void startsEveryBundle() {
    List<String> notStarted =
        Stream.of(context.getBundles())
            .filter(bundle -> bundle.getState() != Bundle.ACTIVE && !isFragment(bundle))
            .map(Bundle::getSymbolicName)
            .toList();

    assertEquals(List.of(), notStarted);
  }

  private static boolean isFragment(Bundle bundle) {
    return bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
  }
}
