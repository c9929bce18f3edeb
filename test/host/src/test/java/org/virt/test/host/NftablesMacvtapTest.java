package org.virt.test.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Connection;
import org.virt.test.contract.FrameLab;
import org.virt.test.contract.MeaningContract;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.PrivateNetwork;

/** Programs mean at a macvtap what they mean at a bridge's port. */
@PrivateNetwork
class NftablesMacvtapTest extends MeaningContract {
  private static final int TYPE_AT = 12;
  private static final int FRAGMENT_AT = 20;
  private static final int OFFSET = 0x1fff;

  @Override
  protected FrameLab openLab() throws Exception {
    return new BridgeFrameLab(new NftablesForeign()) {
      @Override
      Endpoint join(String name, int group) throws Exception {
        return lab.plugDirect(name, group);
      }

      /** The kernel keeps fragments to a group of macvtaps until it has the whole packet. */
      @Override
      public boolean passes(PortRef from, byte[] frame, PortRef to) throws Exception {
        byte[] sent = frame.clone();
        if (isFragment(frame) && from.equals(uplink())) {
          System.arraycopy(to.mac().bytes(), 0, sent, 0, to.mac().bytes().length);
        }
        return super.passes(from, sent, to);
      }

      @Override
      void leave(Endpoint guest) throws Exception {
        lab.unplug(guest);
      }
    };
  }

  private static boolean isFragment(byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    return bytes.getShort(TYPE_AT) == Frames.TYPE_IPV4
        && (bytes.getShort(FRAGMENT_AT) & OFFSET) != 0;
  }

  @Override
  protected FilterTechnique start() {
    return new NftablesTechnique();
  }

  @Override
  protected void stop(FilterTechnique running) {
    ((NftablesTechnique) running).close();
  }

  /** Rules for such a device are made with its first program. */
  @Override
  protected boolean closesMembers() {
    return false;
  }

  @Override
  protected Optional<FilterTechnique> refused() {
    return Optional.of(new NftablesTechnique());
  }

  private static PortProgram transport(PortRef port, Action action, Connection connection) {
    Step.Rule rule = new Step.Rule(action, Protocol.UDP, List.of(), connection, "filter x, rule 1");
    return new PortProgram(port, new Program(List.of(), List.of(), List.of(rule), List.of(rule)));
  }

  @Test
  void judgesPacketsWithoutTheirConnection() throws Exception {
    PortRef port = plug();
    byte[] udp = Frames.udp(port.mac(), Frames.BROADCAST, "10.0.0.2", "10.0.0.255");
    byte[] arp = Frames.arp(1, port.mac(), "10.0.0.2", Frames.BROADCAST, "10.0.0.3");
    technique
        .prepare(nextGeneration(), List.of(transport(port, Action.DROP, Connection.ANY)))
        .commit();
    assertFalse(leaves(port, udp));
    assertFalse(reaches(port, udp));
    assertTrue(leaves(port, arp));
    technique
        .prepare(nextGeneration(), List.of(transport(port, Action.ACCEPT, Connection.ANY)))
        .commit();
    assertTrue(leaves(port, udp));
  }

  @Test
  void refusesRulesAboutConnectionsByName() throws Exception {
    PortRef port = plug();
    Connection opens = new Connection(Set.of(Step.State.NEW), Optional.empty());
    VirtException failure =
        assertThrows(
            VirtException.class,
            () ->
                technique.prepare(
                    nextGeneration(), List.of(transport(port, Action.ACCEPT, opens))));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, failure.code());
    assertTrue(failure.getMessage().contains("filter x, rule 1"), failure.getMessage());
    assertTrue(failure.getMessage().contains(port.id().name()), failure.getMessage());
  }
}
