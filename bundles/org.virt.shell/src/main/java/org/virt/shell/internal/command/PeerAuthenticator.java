package org.virt.shell.internal.command;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.api.auth.Credential;
import org.virt.api.auth.CredentialRequest;
import org.virt.api.auth.CredentialRequest.Kind;

/** Asks whoever gave a command, at the terminal, as virsh does. */
record PeerAuthenticator(Peer peer) implements Authenticator {
  @Override
  public Set<Kind> kinds() {
    return EnumSet.complementOf(EnumSet.of(Kind.EXTERNAL));
  }

  @Override
  public List<Credential> answer(List<CredentialRequest> requests) throws VirtException {
    List<Credential> answers = new ArrayList<>();
    try {
      for (CredentialRequest request : requests) {
        answers.add(answer(request));
      }
    } catch (VirtException e) {
      answers.forEach(Credential::close);
      throw e;
    }
    return answers;
  }

  private Credential answer(CredentialRequest request) throws VirtException {
    String action = "ask '" + request.prompt() + "': ";
    Optional<char[]> typed;
    try {
      typed = peer.ask(request.prompt() + ": ", request.kind().echo());
    } catch (CommandException e) {
      throw new VirtException(ErrorCode.AUTH_FAILED, action + e.getMessage(), e);
    }
    char[] line =
        typed.orElseThrow(
            () -> new VirtException(ErrorCode.AUTH_CANCELLED, action + "the input was ended"));
    return line.length == 0 && request.fallback().isPresent()
        ? Credential.of(request.fallback().get())
        : new Credential(line);
  }
}
