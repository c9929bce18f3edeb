package org.virt.common.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionWatchTest {
  private static final int NEW_TABLE = 10 << 8;
  private static final int NEW_GENERATION = 10 << 8 | 15;
  private static final int OWN_PROCESS = 17;

  private final List<String> told = new ArrayList<>();
  private final TransactionWatch.Ear ear =
      new TransactionWatch.Ear(
          new TransactionWatch.Listener() {
            @Override
            public boolean concerns(TransactionWatch.Part part) {
              return part.family() == 7 && part.about().string(1).equals("ours");
            }

            @Override
            public boolean isOwn(int process) {
              return process == OWN_PROCESS;
            }

            @Override
            public void changed(String who) {
              told.add(who);
            }

            @Override
            public void lost() {
              told.add("lost");
            }
          });

  private void part(String table) {
    NetlinkWriter writer = begin(NEW_TABLE);
    writer.attributeString(1, table);
    hear(writer);
  }

  private void generation(int process, String name) {
    NetlinkWriter writer = begin(NEW_GENERATION);
    writer.attributeBe32(2, process);
    writer.attributeString(3, name);
    hear(writer);
  }

  private static NetlinkWriter begin(int type) {
    NetlinkWriter writer = new NetlinkWriter(1, 64);
    writer.begin(type, 0);
    writer.u8(7);
    writer.u8(0);
    writer.be16(0);
    return writer;
  }

  private void hear(NetlinkWriter writer) {
    writer.end();
    NetlinkMessage.split(writer.bytes()).forEach(ear::heard);
  }

  @Test
  void namesWhoChangedWhatIsWatched() {
    part("other");
    generation(5, "nft");
    assertEquals(List.of(), told);
    part("other");
    part("ours");
    part("other");
    generation(6, "nft");
    assertEquals(List.of("nft (6)"), told);
  }

  @Test
  void tellsNothingOfWhatAnOwnProcessDoes() {
    part("ours");
    generation(OWN_PROCESS, "ebtables");
    generation(6, "nft");
    assertEquals(List.of(), told);
  }

  @Test
  void forgetsPartsOfATransactionWhoseNoticesWereLost() {
    part("ours");
    ear.lost();
    generation(6, "nft");
    assertEquals(List.of("lost"), told);
  }
}
