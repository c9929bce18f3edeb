package org.virt.remote.internal.calls;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.access.AccessPolicy;
import org.virt.api.access.AccessRequest;
import org.virt.remote.internal.session.Session;
import org.virt.rpc.Permission;
import org.virt.rpc.Procedure;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Says before a call is carried out whether its client may have it carried out. */
final class AccessCheck {
  private static final Logger LOG = LoggerFactory.getLogger(AccessCheck.class);

  private AccessCheck() {}

  /**
   * Checks a call.
   *
   * @throws VirtException {@code RPC} for a client that has not authenticated, {@code
   *     OPERATION_DENIED} for one that may only look, {@code ACCESS_DENIED} when a policy refuses
   */
  static void check(Session session, Procedure procedure, XdrStruct args) throws VirtException {
    if (!session.isAuthenticated() && !procedure.name().startsWith("auth_")) {
      throw new VirtException(ErrorCode.RPC, "authentication required");
    }
    List<AccessPolicy> policies = session.services().policies();
    for (Permission permission : procedure.permissions()) {
      if (!permission.neededFor(args)) {
        continue;
      }
      if (session.isReadOnly() && !permission.isReadOnly()) {
        throw new VirtException(
            ErrorCode.OPERATION_DENIED, "read only access prevents " + ApiNames.of(procedure));
      }
      if (!policies.isEmpty()) {
        AccessRequest request =
            request(session, permission, attributes(session, args), procedure.name());
        require(policies, request);
      }
    }
  }

  /** Says whether a client may know of a machine; for lists. */
  static boolean maySee(Session session, DomainSummary domain, Procedure procedure) {
    List<AccessPolicy> policies = session.services().policies();
    if (policies.isEmpty()) {
      return true;
    }
    Permission getattr = new Permission("domain", "getattr", java.util.Optional.empty());
    AccessRequest request = request(session, getattr, domain(domain), procedure.name());
    return policies.stream().allMatch(policy -> allows(policy, request));
  }

  /** Checks a machine that a call has found. */
  static void requireSight(Call call, DomainSummary domain) throws VirtException {
    if (!maySee(call.session(), domain, call.procedure())) {
      throw denied("domain", "getattr");
    }
  }

  private static AccessRequest request(
      Session session, Permission permission, Map<String, String> attributes, String procedure) {
    return new AccessRequest(
        session.identity(),
        session.opened().scheme(),
        permission.object(),
        permission.object().equals("connect") ? Map.of() : attributes,
        permission.name(),
        procedure);
  }

  private static void require(List<AccessPolicy> policies, AccessRequest request)
      throws VirtException {
    for (AccessPolicy policy : policies) {
      if (!allows(policy, request)) {
        LOG.info(
            "refused client {} {} of {} {}",
            request.client(),
            request.permission(),
            request.object(),
            request.attributes());
        throw denied(request.object(), request.permission());
      }
    }
  }

  private static VirtException denied(String object, String permission) {
    return new VirtException(
        ErrorCode.ACCESS_DENIED, "'%s' of %s is not allowed".formatted(permission, object));
  }

  private static boolean allows(AccessPolicy policy, AccessRequest request) {
    try {
      return policy.allows(request);
    } catch (RuntimeException e) {
      LOG.warn("a policy failed, which refuses the call {}", request.procedure(), e);
      return false;
    }
  }

  /** Returns what the arguments say of the object, by libvirt's names of its attributes. */
  private static Map<String, String> attributes(Session session, XdrStruct args)
      throws VirtException {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (StructType.Field field : args.type().fields()) {
      if (args.get(field.name()) instanceof XdrStruct given) {
        // What belongs to a machine, such as a snapshot, is decided on by the machine.
        XdrStruct object = given.type().has("dom") ? given.struct("dom") : given;
        String kind = object.type().name().replaceFirst("remote_nonnull_", "");
        if (kind.equals("domain")) {
          // Names and rights go by what the driver has, not by what the client says.
          attributes.putAll(
              domain(
                  session
                      .opened()
                      .connect()
                      .domain(new org.virt.api.DomainId(object.uuid("uuid")))
                      .summary()));
        } else {
          object
              .type()
              .fields()
              .forEach(
                  f -> attributes.put(kind + "_" + f.name(), String.valueOf(object.get(f.name()))));
        }
      }
    }
    return attributes;
  }

  private static Map<String, String> domain(DomainSummary summary) {
    return Map.of("domain_name", summary.name(), "domain_uuid", summary.id().toString());
  }
}
