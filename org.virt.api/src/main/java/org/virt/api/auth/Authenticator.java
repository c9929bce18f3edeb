package org.virt.api.auth;

import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Answers what is needed to open a connection, and neither the URI nor a configuration says
 * (libvirt's {@code virConnectAuth}). Asked on the thread that opens it, while it does.
 */
@ConsumerType
public interface Authenticator {
  /** Returns the kinds of requests that it answers; it is not asked for others. */
  Set<CredentialRequest.Kind> kinds();

  /**
   * Answers requests, all that are known to be needed at once.
   *
   * @return a credential for each, in their order; whoever asked closes them
   * @throws VirtException {@code AUTH_CANCELLED} when the user does not want to answer, {@code
   *     AUTH_FAILED} when the user cannot be asked, with the reason
   */
  List<Credential> answer(List<CredentialRequest> requests) throws VirtException;

  /** Returns one that answers nothing. */
  static Authenticator none() {
    return new Authenticator() {
      @Override
      public Set<CredentialRequest.Kind> kinds() {
        return Set.of();
      }

      @Override
      public List<Credential> answer(List<CredentialRequest> requests) throws VirtException {
        throw new VirtException(
            ErrorCode.AUTH_FAILED, "ask for credentials: there is nobody to be asked");
      }
    };
  }
}
