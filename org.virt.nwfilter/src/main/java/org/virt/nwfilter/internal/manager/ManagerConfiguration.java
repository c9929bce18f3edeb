package org.virt.nwfilter.internal.manager;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code org.virt.nwfilter}. */
@ObjectClassDefinition(name = "Filter manager", description = "What becomes of learned addresses")
public @interface ManagerConfiguration {
  /** The persistent identity. */
  String PID = "org.virt.nwfilter";

  /** {@code offlink.s}. */
  @AttributeDefinition(
      name = "Off link",
      description =
          "Seconds a port keeps what it learned while nobody is plugged into it (OFFLINK_DELAY)",
      min = "0",
      max = "86400")
  int offlink_s() default 30;
}
