package org.virt.remote.internal.calls;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.virt.remote.internal.calls.Declaration.Pace;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;

/** Collects what is there of the protocol. */
public final class Declarations {
  private final Map<String, Declaration> byName = new TreeMap<>();

  /** Returns all that this server can do. */
  public static Declarations all() {
    Declarations all = new Declarations();
    new AuthCalls().declare(all);
    new ConnectCalls().declare(all);
    new NodeCalls().declare(all);
    new DomainListCalls().declare(all);
    new DomainLifeCalls().declare(all);
    new DomainStateCalls().declare(all);
    new DomainResourceCalls().declare(all);
    new DomainTuningCalls().declare(all);
    new DomainDeviceCalls().declare(all);
    new DomainSaveCalls().declare(all);
    new DomainStatisticsCalls().declare(all);
    new DomainAgentCalls().declare(all);
    new DomainJobCalls().declare(all);
    new ScreenCalls().declare(all);
    new EventCalls().declare(all);
    new FilterCalls().declare(all);
    new SnapshotCalls().declare(all);
    new NetworkCalls().declare(all);
    new StoragePoolCalls().declare(all);
    new StorageVolumeCalls().declare(all);
    new VolumeContentCalls().declare(all);
    new SecretCalls().declare(all);
    new NodeDeviceCalls().declare(all);
    new InterfaceCalls().declare(all);
    new CheckpointCalls().declare(all);
    new QemuCalls().declare(all);
    return all;
  }

  /** Declares a procedure. */
  Declarations on(String name, Handler handler) {
    return declare(Program.REMOTE, name, Manner.WHOLE, handler);
  }

  /** Declares a procedure that waits for nobody. */
  Declarations atOnce(String name, Handler handler) {
    return declare(Program.REMOTE, name, new Manner("", Pace.AT_ONCE), handler);
  }

  /** Declares a procedure of which something is not there. */
  Declarations partly(String name, String lacks, Handler handler) {
    return declare(Program.REMOTE, name, new Manner(lacks, Pace.WORKER), handler);
  }

  /** Declares a procedure of QEMU's own program. */
  Declarations onQemu(String name, Handler handler) {
    return declare(Program.QEMU, name, Manner.WHOLE, handler);
  }

  /** Declares an event that is told. */
  Declarations tells(String name) {
    return declare(Program.REMOTE, name, Manner.WHOLE, null);
  }

  /** Finds the declaration of a procedure. */
  public Optional<Declaration> find(Procedure procedure) {
    return Optional.ofNullable(byName.get(key(procedure)));
  }

  /** How far a procedure is there, and where it is carried out. */
  private record Manner(String lacks, Pace pace) {
    static final Manner WHOLE = new Manner("", Pace.WORKER);
  }

  private Declarations declare(Program program, String name, Manner manner, Handler handler) {
    Procedure procedure = Protocol.libvirt().procedure(program, name);
    Declaration declaration =
        new Declaration(procedure, manner.lacks(), Optional.ofNullable(handler), manner.pace());
    if (byName.put(key(procedure), declaration) != null) {
      throw new IllegalStateException(name + " is declared twice");
    }
    return this;
  }

  private static String key(Procedure procedure) {
    return procedure.program() + "." + procedure.name();
  }
}
