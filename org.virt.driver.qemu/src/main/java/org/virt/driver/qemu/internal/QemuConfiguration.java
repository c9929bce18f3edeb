package org.virt.driver.qemu.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code org.virt.driver.qemu}: who runs the machines of {@code qemu:///system}. */
@ObjectClassDefinition(
    name = "QEMU driver",
    description = "Who runs the machines of qemu:///system; for machines that start from then on")
public @interface QemuConfiguration {
  /** The persistent identity. */
  String PID = "org.virt.driver.qemu";

  /** {@code user}. */
  @AttributeDefinition(
      name = "User",
      description =
          "Name of the user; empty: 'virt-qemu' where the host has it, else root with few rights")
  String user() default "";

  /** {@code group}. */
  @AttributeDefinition(
      name = "Group",
      description = "Name of the group; empty: that of the user",
      required = false)
  String group() default "";
}
