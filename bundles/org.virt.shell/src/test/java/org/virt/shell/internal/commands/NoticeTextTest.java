package org.virt.shell.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainId;
import org.virt.api.domain.BlockJobVerbs.BlockJobType;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.TypedParameters;

class NoticeTextTest {
  private static final DomainNotice.Subject SUBJECT =
      new DomainNotice.Subject(new DomainId(new UUID(1, 2)), "a");

  @Test
  void saysWhatVirshSays() {
    assertEquals("", NoticeText.of(new DomainNotice.Plain(SUBJECT, DomainNotice.Type.REBOOT)));
    assertEquals(": -3600", NoticeText.of(new DomainNotice.RtcChange(SUBJECT, -3600)));
    assertEquals(
        ": /a (virtio-disk0) pause due to enospc",
        NoticeText.of(
            new DomainNotice.IoError(
                SUBJECT,
                DomainNotice.Type.IO_ERROR_REASON,
                "/a",
                "virtio-disk0",
                DomainNotice.IoError.Action.PAUSE,
                "enospc")));
    assertEquals(
        ": connect local[IPv4 127.0.0.1 5900] remote[IPv6 ::1 40000] none",
        NoticeText.of(
            new DomainNotice.Graphics(
                SUBJECT,
                DomainNotice.Graphics.Phase.CONNECT,
                new DomainNotice.Graphics.Endpoint(0, "127.0.0.1", "5900"),
                new DomainNotice.Graphics.Endpoint(1, "::1", "40000"),
                "none")));
    assertEquals(
        ": Active Block Commit for vda ready",
        NoticeText.of(
            new DomainNotice.BlockJob(
                SUBJECT,
                DomainNotice.Type.BLOCK_JOB_2,
                "vda",
                BlockJobType.ACTIVE_COMMIT,
                DomainNotice.BlockJob.Status.READY)));
    assertEquals(
        ":\n\tcputune.shares: 7",
        NoticeText.of(
            new DomainNotice.Tunable(
                SUBJECT, TypedParameters.builder().ullong("cputune.shares", 7).build())));
    assertEquals(
        ": state: 'connected' reason: 'channel'",
        NoticeText.of(
            new DomainNotice.AgentLifecycle(
                SUBJECT,
                DomainNotice.AgentLifecycle.State.CONNECTED,
                DomainNotice.AgentLifecycle.Reason.CHANNEL)));
    assertEquals(
        ":\nrecipient: guest\naction: inject\nflags:\n\taction required: 1\n\trecursive: 0",
        NoticeText.of(
            new DomainNotice.MemoryFailure(
                SUBJECT,
                DomainNotice.MemoryFailure.Recipient.GUEST,
                DomainNotice.MemoryFailure.Action.INJECT,
                1)));
  }
}
