package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.VirtException;

/** A program in place of QEMU that dies at each step of a start, lies, or floods its monitor. */
class QemuHostileTest extends QemuFixture {
  private static final int MOST_COMMANDS = 40;

  /** Speaks QMP as far as a start needs it; the file beside it says what it does wrong. */
  private static final String PROGRAM =
      """
      #!/usr/bin/python3
      import json, os, re, socket, sys
      words = sys.argv[1:]
      if not any(word.startswith('guest=') for word in words):
          os.execv('/usr/bin/qemu-system-x86_64', ['qemu-system-x86_64'] + words)
      mode, _, count = open(os.path.dirname(sys.argv[0]) + '/mode').read().strip().partition(' ')
      paths = {word.split('id=')[1].split(',')[0]: re.search('path=([^,]*)', word).group(1)
               for word in words if word.startswith('socket,id=')}
      if mode == 'silent':
          sys.exit(3)
      server = socket.socket(socket.AF_UNIX)
      server.bind(paths['charmonitor'])
      server.listen()
      if mode == 'unready':
          sys.exit(3)
      ready = socket.socket(socket.AF_UNIX)
      ready.connect(paths['charready'])
      client = server.accept()[0]
      if mode == 'mute':
          sys.exit(3)
      def send(line):
          client.sendall((line if isinstance(line, str) else json.dumps(line)).encode() + b'\\r\\n')
      send({'QMP': {'version': {'qemu': {'major': 7, 'minor': 2, 'micro': 0}}, 'capabilities': []}})
      done, status = 0, 'prelaunch'
      for line in client.makefile():
          request = json.loads(line)
          command = request['execute']
          if mode == 'die' and done == int(count):
              sys.exit(3)
          done += 1
          if mode == 'lie' and done > 1:
              send(['not json {', '[1, 2]', '{"return": 1, "id": 987654321}', '{"return": {}}',
                    'x' * 3000000, '{"error": 7, "id": %d}' % request['id']][int(count)])
              continue
          status = {'cont': 'running', 'stop': 'paused'}.get(command, status)
          listed = command in ('query-chardev', 'query-cpus-fast', 'query-iothreads', 'query-block')
          state = {'status': status, 'running': status == 'running'}
          send({'return': [] if listed else state if command == 'query-status' else {},
                'id': request['id']})
          if command == 'quit':
              break
          while mode == 'flood' and command == 'cont':
              send({'event': 'RESUME', 'timestamp': {'seconds': 1, 'microseconds': 1}})
      """;

  private Path folder;

  @BeforeEach
  void makeProgram() throws Exception {
    folder = Files.createDirectory(home.resolve("program"));
    Path program = Files.writeString(folder.resolve("qemu"), PROGRAM);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void defineHostile(String mode) throws Exception {
    Files.writeString(folder.resolve("mode"), mode);
    define("hostile", "<emulator>" + folder.resolve("qemu") + "</emulator>");
  }

  private void assertNothingRuns() throws Exception {
    assertEquals(Reason.START_FAILED, connection.summary(id).status().reason());
    assertFalse(Files.exists(home.resolve("qemu/run/" + uuid + ".json")));
    assertFalse(Files.exists(home.resolve("qemu/run/" + uuid)));
    assertFalse(hasProcess());
  }

  @ParameterizedTest
  @ValueSource(strings = {"silent", "unready", "mute"})
  void takesAllBackWhenQemuDiesBeforeItsMonitorAnswers(String mode) throws Exception {
    defineHostile(mode);
    VirtException e = assertThrows(VirtException.class, () -> connection.start(id));
    assertTrue(e.getMessage().startsWith("start domain hostile: "), e.getMessage());
    assertNothingRuns();
  }

  @Test
  void takesAllBackAtWhicheverCommandQemuDies() throws Exception {
    defineHostile("");
    for (int commands = 0; commands < MOST_COMMANDS; commands++) {
      Files.writeString(folder.resolve("mode"), "die " + commands);
      try {
        connection.start(id);
      } catch (VirtException e) {
        assertNothingRuns();
        continue;
      }
      assertTrue(commands > 4, "a start takes some commands");
      connection.destroy(id);
      assertEquals(List.of(), runFiles());
      return;
    }
    throw new AssertionError("it never starts");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void endsAQemuThatLies(int lie) throws Exception {
    DomainId other = connection.create(QemuMachines.xml("other", UUID.randomUUID(), ""));
    defineHostile("lie " + lie);
    assertThrows(VirtException.class, () -> connection.start(id));
    assertNothingRuns();
    assertEquals(DomainState.RUNNING, connection.summary(other).status().state());
    connection.suspend(other);
    connection.resume(other);
  }

  @Test
  void answersWhileAQemuFloodsItsMonitor() throws Exception {
    DomainId other = connection.create(QemuMachines.xml("other", UUID.randomUUID(), ""));
    defineHostile("flood");
    connection.start(id);
    for (int i = 0; i < 20; i++) {
      connection.suspend(other);
      connection.resume(other);
      assertEquals(2, connection.domains().size());
    }
    connection.destroy(id);
    assertFalse(hasProcess());
    assertEquals(DomainState.RUNNING, connection.summary(other).status().state());
  }
}
