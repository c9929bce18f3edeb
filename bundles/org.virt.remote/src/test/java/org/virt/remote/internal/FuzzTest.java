package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.remote.internal.session.Limits;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;

/** Messages that nobody should send. */
@Timeout(300)
class FuzzTest {
  private static final int MESSAGES = 100_000;
  private static final int LENGTH_AND_HEADER = 28;

  @TempDir Path folder;
  private ServerFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture(folder, Limits.DEFAULT);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void answersOthersAfterManyMalformedMessages() throws Exception {
    Random random = new Random(1);
    List<Procedure> procedures = Protocol.libvirt().procedures();
    try (TestClient bystander = fixture.open(fixture.socket)) {
      TestClient client = fixture.open(fixture.socket);
      int answered = 0;
      int cutOff = 0;
      for (int i = 0; i < MESSAGES; i++) {
        Procedure procedure = procedures.get(random.nextInt(procedures.size()));
        boolean broken = random.nextInt(100) == 0;
        try {
          client.write(message(random, procedure, broken));
          if (broken) {
            client.channel.shutdownOutput();
          }
          client.receive();
          answered++;
        } catch (IOException e) {
          cutOff++;
          client.close();
          client = fixture.open(fixture.socket);
        }
        if (i % 1000 == 0) {
          assertEquals("FAKE", bystander.call("connect_get_type").text("type"));
        }
      }
      client.close();
      assertTrue(answered > MESSAGES / 2, answered + " answered");
      assertTrue(cutOff > 100, cutOff + " cut off");
      assertEquals("FAKE", bystander.call("connect_get_type").text("type"));
    }
  }

  /** Makes a call with a body of chance; a broken one has a wrong header or ends early, too. */
  private static ByteBuffer message(Random random, Procedure procedure, boolean broken) {
    byte[] body = new byte[random.nextInt(8) == 0 ? 0 : random.nextInt(200)];
    random.nextBytes(body);
    if (body.length > 4 && random.nextBoolean()) {
      // A small number first, or the first string would always be too long.
      body[0] = body[1] = body[2] = 0;
      body[3] = (byte) random.nextInt(40);
    }
    int program =
        procedure.program() == Program.KEEPALIVE
            ? Program.REMOTE.number()
            : procedure.program().number();
    ByteBuffer message = ByteBuffer.allocate(LENGTH_AND_HEADER + body.length);
    message.putInt(message.capacity()).putInt(program).putInt(Program.VERSION);
    message.putInt(procedure.number()).putInt(0).putInt(random.nextInt()).putInt(0).put(body);
    if (broken) {
      message.putInt(4 * random.nextInt(7), random.nextInt());
      message.position(Math.max(1, random.nextInt(message.capacity())));
    }
    return message.flip();
  }

  @Test
  void takesNoRoomForWhatIsOnlyAnnounced() throws Exception {
    ByteBuffer announced = ByteBuffer.allocate(Packet.LENGTH_SIZE).putInt(0, Packet.MAX + 4);
    try (TestClient bystander = fixture.open(fixture.socket)) {
      TestClient[] clients = new TestClient[200];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = new TestClient(fixture.socket);
        clients[i].write(announced.duplicate());
      }
      assertEquals("FAKE", bystander.call("connect_get_type").text("type"));
      for (TestClient client : clients) {
        client.close();
      }
    }
  }
}
