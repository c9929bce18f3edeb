package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BlockJobVerbs.AbortFlag;
import org.virt.api.domain.BlockJobVerbs.BlockJobType;
import org.virt.api.domain.BlockJobVerbs.Commit;
import org.virt.api.domain.BlockJobVerbs.CommitFlag;
import org.virt.api.domain.DomainNotice.BlockJob.Status;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.test.host.lab.Lab;

/** Jobs on disks of machines that run. */
class QemuBlockJobsTest extends QemuFixture {
  @Test
  void resizesCopiesAndPulls() throws Exception {
    Path base = image("base.qcow2", "qcow2");
    Path top = overlay("top.qcow2", base);
    define("a", disk(top, "vda", "virtio"));
    connection.start(id);
    BlockJobVerbs jobs = verbs(BlockJobVerbs.class);
    jobs.blockResize("vda", 8 << 20);
    assertEquals(8 << 20, verbs(StatisticsVerbs.class).blockInfo("vda").capacity());
    Path copy = home.resolve("copy.qcow2");
    jobs.blockCopy(
        "vda",
        "<disk type='file'><source file='" + copy + "'/></disk>",
        TypedParameters.builder().build(),
        Set.of());
    awaitJob(Status.READY);
    BlockJobVerbs.BlockJob copied = jobs.blockJobInfo("vda").orElseThrow();
    assertEquals(copied.end(), copied.current());
    assertEquals(BlockJobType.COPY, copied.type());
    fails(ErrorCode.BLOCK_COPY_ACTIVE, () -> jobs.blockPull("vda", "", 0, Set.of()));
    jobs.blockJobAbort("vda", Set.of(AbortFlag.PIVOT));
    assertTrue(live().contains(copy.toString()), live());
    assertTrue(kept().contains(copy.toString()), "the next start has the copy, too");
    assertFalse(monitor("info block -n").contains("top.qcow2"), "the old image is closed");
    assertTrue(monitor("info block").contains(copy.toString()));
    awaitJob(Status.COMPLETED);
    jobs.blockPull("vda", "", 0, Set.of());
    awaitJob(Status.COMPLETED);
    fails(ErrorCode.INVALID_ARG, () -> jobs.blockJobAbort("vda", Set.of()));
    jobs.setBlockThreshold("vda", 1 << 20);
  }

  @Test
  void goesOnWithTheOldImageWhenACopyIsGivenUp() throws Exception {
    Path image = image("a.qcow2", "qcow2");
    define("a", disk(image, "vda", "virtio"));
    connection.start(id);
    BlockJobVerbs jobs = verbs(BlockJobVerbs.class);
    String target = "<disk type='file'><source file='" + home.resolve("copy") + "'/></disk>";
    jobs.blockCopy("vda", target, TypedParameters.builder().build(), Set.of());
    awaitJob(Status.READY);
    jobs.blockJobAbort("vda", Set.of());
    assertTrue(live().contains(image.toString()), live());
    assertFalse(monitor("info block -n").contains("copy"), monitor("info block -n"));
    fails(
        ErrorCode.CONFIG_UNSUPPORTED,
        () -> jobs.blockCopy("vda", target, TypedParameters.builder().build(), Set.of()));
  }

  @Test
  void isFoundWithTheImageThatItHasWhenAJobEndsWithoutARuntime() throws Exception {
    Path base = image("base.qcow2", "qcow2");
    define("a", disk(overlay("top.qcow2", base), "vda", "virtio"));
    connection.start(id);
    BlockJobVerbs jobs = verbs(BlockJobVerbs.class);
    jobs.blockCommit("vda", new Commit("", "", 0), Set.of(CommitFlag.ACTIVE));
    awaitJob(Status.READY);
    stopDriver();
    Path monitor = home.resolve("qemu/run/" + uuid + "/monitor");
    OtherHand.completeJob(monitor, "activecommit-virtio-disk0");
    startDriver(home);
    assertTrue(live().contains(base.toString()), live());
    assertTrue(kept().contains(base.toString()), kept());
  }

  @Test
  void deletesWhatACommitHasMadeNeedless() throws Exception {
    Path base = image("base.qcow2", "qcow2");
    Path middle = overlay("middle.qcow2", base);
    Path top = overlay("top.qcow2", middle);
    define("a", disk(top, "vda", "virtio"));
    connection.start(id);
    BlockJobVerbs jobs = verbs(BlockJobVerbs.class);
    Commit all = new Commit("", "", 0);
    jobs.blockCommit("vda", all, Set.of(CommitFlag.ACTIVE, CommitFlag.DELETE));
    awaitJob(Status.READY);
    jobs.blockJobAbort("vda", Set.of());
    assertTrue(Files.exists(top) && Files.exists(middle), "they are still in use");
    Commit inner = new Commit(base.toString(), middle.toString(), 0);
    jobs.blockCommit("vda", inner, Set.of(CommitFlag.DELETE));
    awaitJob(Status.COMPLETED);
    Lab.await("the committed image is gone", () -> !Files.exists(middle));
    assertTrue(Files.exists(top) && Files.exists(base));
    jobs.blockCommit("vda", all, Set.of(CommitFlag.ACTIVE, CommitFlag.DELETE));
    awaitJob(Status.READY);
    jobs.blockJobAbort("vda", Set.of(AbortFlag.PIVOT));
    assertFalse(Files.exists(top));
    assertTrue(Files.exists(base));
    connection.destroy(id);
    connection.start(id);
  }
}
