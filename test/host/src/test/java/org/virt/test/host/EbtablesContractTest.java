package org.virt.test.host;

import java.util.Optional;
import java.util.stream.Collectors;
import org.virt.common.process.Command;
import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.Operand;
import org.virt.test.contract.FilterTechniqueContract;
import org.virt.test.contract.FrameLab;
import org.virt.test.host.lab.PrivateNetwork;

/** The rules of ebtables obey the contract. */
@PrivateNetwork
class EbtablesContractTest extends FilterTechniqueContract {
  @Override
  protected FrameLab openLab() throws Exception {
    return new BridgeFrameLab(new EbtablesForeign(), new EbtablesTechnique().group());
  }

  @Override
  protected FilterTechnique start() {
    return new EbtablesTechnique();
  }

  @Override
  protected void stop(FilterTechnique running) {
    ((EbtablesTechnique) running).close();
  }

  /** While the first one lives the gate is its own. */
  @Override
  protected Optional<FilterTechnique> refused() {
    return Optional.of(new EbtablesTechnique());
  }

  @Override
  protected String rules() throws Exception {
    String gate = Command.of("nft", "list", "table", "bridge", "org_virt_ebtables").require();
    return Command.of("ebtables-save")
        .require()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .collect(Collectors.joining("\n", "", "\n" + gate));
  }

  /** The kernel's match of BPDUs for ebtables is wrong; of ARP's operations it compares one. */
  @Override
  protected boolean supports(Field field, Operand operand) {
    boolean range = operand instanceof Operand.Number number && number.from() != number.to();
    return !field.name().startsWith("STP_") && !(field == Field.ARP_OPERATION && range);
  }
}
