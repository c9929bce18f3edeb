package org.virt.driver.qemu.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code org.virt.driver.qemu}: who runs machines, and how screens are served. */
@ObjectClassDefinition(
    name = "QEMU driver",
    description =
        "Who runs machines, and how screens are served; for those that start from then on")
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

  /** {@code vnc.tls}. */
  @AttributeDefinition(
      name = "VNC over TLS",
      description = "Screens by VNC on TCP are served over TLS only",
      required = false)
  boolean vnc_tls() default false;

  /** {@code vnc.certificates}. */
  @AttributeDefinition(
      name = "Certificates for VNC",
      description = "Folder with ca-cert.pem, server-cert.pem and server-key.pem",
      required = false)
  String vnc_certificates() default "/etc/pki/libvirt-vnc";

  /** {@code vnc.verify}. */
  @AttributeDefinition(
      name = "Certificates of VNC clients",
      description = "VNC clients need a certificate of the same authority",
      required = false)
  boolean vnc_verify() default false;

  /** {@code spice.certificates}. */
  @AttributeDefinition(
      name = "Certificates for SPICE",
      description = "Folder with ca-cert.pem, server-cert.pem and server-key.pem",
      required = false)
  String spice_certificates() default "/etc/pki/libvirt-spice";
}
