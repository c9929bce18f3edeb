package org.virt.api.access;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Decides what clients may do. Register it as an OSGi service; a call is carried out when every
 * policy that is there allows it. It is asked before anything of the call is done, XML not parsed
 * yet, from many threads, and answers at once; an exception counts as a refusal.
 */
@ConsumerType
@FunctionalInterface
public interface AccessPolicy {
  /** Says whether a request is allowed. */
  boolean allows(AccessRequest request);
}
