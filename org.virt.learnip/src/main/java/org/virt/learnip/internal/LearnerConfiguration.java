package org.virt.learnip.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code org.virt.learnip}: how long checks of addresses take. */
@ObjectClassDefinition(
    name = "Address learner",
    description = "How long checks of addresses take (RFC 6620, RFC 7513)")
public @interface LearnerConfiguration {
  /** The persistent identity. */
  String PID = "org.virt.learnip";

  /** {@code tentative.ms}. */
  @AttributeDefinition(
      name = "Tentative",
      description = "Milliseconds an address is checked before it is bound (TENT_LT)",
      min = "10",
      max = "60000")
  int tentative_ms() default 500;

  /** {@code testing.ms}. */
  @AttributeDefinition(
      name = "Testing",
      description = "Milliseconds a holder that is probed has for its answer (T_WAIT)",
      min = "10",
      max = "60000")
  int testing_ms() default 500;

  /** {@code valid.s}. */
  @AttributeDefinition(
      name = "Valid",
      description = "Seconds an address without a lease is held until its holder is probed",
      min = "1",
      max = "86400")
  int valid_s() default 300;

  /** {@code exchange.s}. */
  @AttributeDefinition(
      name = "Exchange",
      description = "Seconds the answer of a DHCP server may take",
      min = "1",
      max = "3600")
  int exchange_s() default 120;
}
