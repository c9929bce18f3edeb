package org.virt.remote.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code org.virt.remote}: who may connect, and how much they may take. */
@ObjectClassDefinition(
    name = "Wire protocol",
    description = "Who may connect with libvirt's clients, and how much they may take")
public @interface RemoteConfiguration {
  /** The persistent identity. */
  String PID = "org.virt.remote";

  /** {@code unix.group}. */
  @AttributeDefinition(
      name = "Group",
      description =
          "Group whose members may use libvirt-sock (mode 0660), such as libvirt; empty: the"
              + " runtime's user only (mode 0600)")
  String unix_group() default "";

  /** {@code unix.users}. */
  @AttributeDefinition(
      name = "Users",
      description =
          "Users who are admitted to libvirt-sock when they ask, as polkit would; * for all. Empty,"
              + " and groups empty too: whoever can open the socket")
  String[] unix_users() default {};

  /** {@code unix.groups}. */
  @AttributeDefinition(
      name = "Groups",
      description = "Groups whose processes are admitted to libvirt-sock when they ask")
  String[] unix_groups() default {};

  /** {@code unix.sasl}. */
  @AttributeDefinition(
      name = "Passwords",
      description =
          "Whether clients of libvirt-sock prove by a password who they are (SASL, SCRAM-SHA-256),"
              + " instead of users and groups; client-password sets it")
  boolean unix_sasl() default false;

  /** {@code tls.listen}. */
  @AttributeDefinition(
      name = "TLS",
      description = "HOST:PORT, such as :16514, to listen on by TLS; empty: not")
  String tls_listen() default "";

  /** {@code tls.certificate}. */
  @AttributeDefinition(name = "Certificate", description = "The server's certificate, PEM")
  String tls_certificate() default "/etc/pki/libvirt/servercert.pem";

  /** {@code tls.key}. */
  @AttributeDefinition(name = "Key", description = "The server's key, PEM, PKCS #8")
  String tls_key() default "/etc/pki/libvirt/private/serverkey.pem";

  /** {@code tls.authority}. */
  @AttributeDefinition(
      name = "Authority",
      description = "Whom clients' certificates must be from, PEM")
  String tls_authority() default "/etc/pki/CA/cacert.pem";

  /** {@code tls.names}. */
  @AttributeDefinition(
      name = "Names",
      description =
          "Distinguished names of clients (RFC 2253) with * and ?; empty: all of the authority")
  String[] tls_names() default {};

  /** {@code tls.sasl}. */
  @AttributeDefinition(
      name = "Passwords by TLS",
      description = "Whether clients prove by a password, too, who they are")
  boolean tls_sasl() default false;

  /** {@code tcp.listen}. */
  @AttributeDefinition(
      name = "TCP",
      description =
          "HOST:PORT, such as 127.0.0.1:16509, to listen on without any protection; empty: not")
  String tcp_listen() default "";

  /** {@code tcp.sasl}. */
  @AttributeDefinition(
      name = "Passwords by TCP",
      description =
          "Whether clients prove by a password who they are; what they say then is not protected,"
              + " so libvirt's own clients refuse to")
  boolean tcp_sasl() default false;

  /** {@code clients}. */
  @AttributeDefinition(name = "Clients", description = "The most that are connected", min = "1")
  int clients() default 5000;

  /** {@code clients.unauthenticated}. */
  @AttributeDefinition(
      name = "Unauthenticated clients",
      description = "The most that are connected without having authenticated",
      min = "1")
  int clients_unauthenticated() default 20;

  /** {@code client.calls}. */
  @AttributeDefinition(
      name = "Calls",
      description = "The most calls of one client that are carried out at once",
      min = "1")
  int client_calls() default 5;

  /** {@code memory.mib}. */
  @AttributeDefinition(
      name = "Memory",
      description =
          "MiB that all clients together may have kept: unfinished messages, calls, answers that"
              + " are not fetched; 0: a quarter of the heap",
      min = "0")
  int memory_mib() default 0;

  /** {@code authentication.s}. */
  @AttributeDefinition(
      name = "Authentication",
      description = "Seconds after which a client that has not authenticated is cut off",
      min = "1")
  int authentication_s() default 60;

  /** {@code keepalive.s}. */
  @AttributeDefinition(
      name = "Keep-alive interval",
      description = "Seconds of silence after which a client is asked whether it lives; 0: never",
      min = "0")
  int keepalive_s() default 5;

  /** {@code keepalive.count}. */
  @AttributeDefinition(
      name = "Keep-alive count",
      description = "Unanswered questions after which a client is cut off",
      min = "1")
  int keepalive_count() default 5;

  /** {@code workers}. */
  @AttributeDefinition(
      name = "Workers",
      description = "Threads for calls that may wait for a hypervisor",
      min = "1")
  int workers() default 20;

  /** {@code workers.priority}. */
  @AttributeDefinition(
      name = "Priority workers",
      description = "Threads for calls that answer at once",
      min = "1")
  int workers_priority() default 5;
}
