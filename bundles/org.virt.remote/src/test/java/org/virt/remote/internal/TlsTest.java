package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.access.ClientIdentity;
import org.virt.remote.internal.NetworkListener.Tls;
import org.virt.remote.internal.session.Limits;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.PacketReader;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

@Timeout(120)
class TlsTest {
  private static final Protocol PROTOCOL = Protocol.libvirt();

  @TempDir Path folder;

  @Test
  void admitsClientsByTheirCertificates() throws Exception {
    makeCertificates();
    try (ServerFixture fixture = new ServerFixture(folder, Limits.DEFAULT);
        NetworkListener listener = fixture.listen(Optional.of(server("CN=cl?ent*")));
        SSLSocket client = connect(listener.port())) {
      assertEquals(1, client.getInputStream().read());
      assertTrue(call(client, "connect_open", "fake:///x", 0).type().fields().isEmpty());
      assertEquals("FAKE", call(client, "connect_get_type").text("type"));
      // More than one record of TLS, in both directions.
      String large = "x".repeat(200_000);
      Packet refused = exchange(client, "domain_lookup_by_name", large);
      assertEquals(MessageStatus.ERROR, refused.header().status());
      assertTrue(refused.body().remaining() > 400_000);
      ClientIdentity identity = fixture.server.clients().get(0).identity();
      assertEquals("CN=client1,O=virt", identity.certificate().orElseThrow());
    }
  }

  /** New keys with TLS 1.3, all anew with TLS 1.2. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void agreesOnNewKeysAmidCalls(String protocol) throws Exception {
    makeCertificates();
    try (ServerFixture fixture = new ServerFixture(folder, Limits.DEFAULT);
        NetworkListener listener = fixture.listen(Optional.of(server("CN=*")));
        SSLSocket client = connect(listener.port(), protocol)) {
      assertEquals(1, client.getInputStream().read());
      call(client, "connect_open", "fake:///x", 0);
      for (int i = 0; i < 20; i++) {
        client.startHandshake();
        assertEquals("FAKE", call(client, "connect_get_type").text("type"));
      }
    }
  }

  @Test
  void servesOthersWhileHandshakesDoNotEnd() throws Exception {
    makeCertificates();
    List<Socket> silent = new ArrayList<>();
    try (ServerFixture fixture = new ServerFixture(folder, Limits.DEFAULT);
        NetworkListener listener = fixture.listen(Optional.of(server("CN=*")))) {
      for (int i = 0; i < Limits.DEFAULT.unauthenticated() / 2; i++) {
        Socket socket = new Socket("127.0.0.1", listener.port());
        socket.getOutputStream().write(new byte[] {0x16, 3, 1});
        silent.add(socket);
      }
      try (SSLSocket client = connect(listener.port(), "TLSv1.3")) {
        assertEquals(1, client.getInputStream().read());
        call(client, "connect_open", "fake:///x", 0);
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void turnsAwayWhoIsNotOnTheList() throws Exception {
    makeCertificates();
    try (ServerFixture fixture = new ServerFixture(folder, Limits.DEFAULT);
        NetworkListener listener = fixture.listen(Optional.of(server("CN=other*")));
        SSLSocket client = connect(listener.port())) {
      assertEnds(client);
      assertTrue(fixture.server.clients().isEmpty());
    }
  }

  @Test
  void turnsAwayWhoHasNoCertificate() throws Exception {
    makeCertificates();
    try (ServerFixture fixture = new ServerFixture(folder, Limits.DEFAULT);
        NetworkListener listener = fixture.listen(Optional.of(server()));
        SSLSocket client =
            (SSLSocket) anonymous().getSocketFactory().createSocket("127.0.0.1", listener.port())) {
      assertThrows(
          IOException.class,
          () -> {
            client.startHandshake();
            if (client.getInputStream().read() < 0) {
              throw new IOException("ended");
            }
          });
    }
  }

  private static void assertEnds(SSLSocket client) {
    try {
      assertEquals(-1, client.getInputStream().read());
    } catch (IOException e) {
      assertTrue(client.isConnected(), e.getMessage());
    }
  }

  private Tls server(String... names) throws IOException {
    SSLContext context =
        TlsIdentity.context(
            folder.resolve("server.crt"), folder.resolve("server.key"), folder.resolve("ca.crt"));
    return new Tls(context, Tls.patterns(names));
  }

  private SSLContext anonymous() throws Exception {
    makeSelfSigned("stranger");
    return TlsIdentity.context(
        folder.resolve("stranger.crt"), folder.resolve("stranger.key"), folder.resolve("ca.crt"));
  }

  private SSLSocket connect(int port) throws IOException {
    return connect(port, "TLSv1.3");
  }

  private SSLSocket connect(int port, String protocol) throws IOException {
    SSLContext context =
        TlsIdentity.context(
            folder.resolve("client.crt"), folder.resolve("client.key"), folder.resolve("ca.crt"));
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.startHandshake();
    return socket;
  }

  private static XdrStruct call(SSLSocket client, String name, Object... values)
      throws IOException {
    Packet packet = exchange(client, name, values);
    assertEquals(MessageStatus.OK, packet.header().status());
    StructType ret = PROTOCOL.procedure(Program.REMOTE, name).ret();
    return packet.read(ret);
  }

  private static Packet exchange(SSLSocket client, String name, Object... values)
      throws IOException {
    Procedure procedure = PROTOCOL.procedure(Program.REMOTE, name);
    Header header =
        new Header(
            Program.REMOTE.number(), procedure.number(), MessageType.CALL, 1, MessageStatus.OK);
    ByteBuffer message = Packet.encode(header, procedure.args().of(values));
    client.getOutputStream().write(message.array(), 0, message.limit());
    DataInputStream in = new DataInputStream(client.getInputStream());
    int length = in.readInt();
    ByteBuffer answer = ByteBuffer.allocate(length);
    answer.putInt(length);
    in.readFully(answer.array(), Packet.LENGTH_SIZE, length - Packet.LENGTH_SIZE);
    answer.rewind();
    return new PacketReader(Packet.MAX).next(answer).orElseThrow();
  }

  private void makeCertificates() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed (openssl)");
    makeSelfSigned("ca");
    for (String name : List.of("server", "client")) {
      String subject = "/O=virt/CN=" + (name.equals("client") ? "client1" : "localhost");
      openssl(
          "req",
          "-newkey",
          "rsa:2048",
          "-nodes",
          "-keyout",
          name + ".key",
          "-out",
          name + ".csr",
          "-subj",
          subject);
      openssl(
          "x509",
          "-req",
          "-in",
          name + ".csr",
          "-CA",
          "ca.crt",
          "-CAkey",
          "ca.key",
          "-CAcreateserial",
          "-out",
          name + ".crt",
          "-days",
          "2");
    }
  }

  private void makeSelfSigned(String name) throws Exception {
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        name + ".key",
        "-out",
        name + ".crt",
        "-subj",
        "/CN=" + name,
        "-days",
        "2");
  }

  private void openssl(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("/usr/bin/openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "openssl takes too long");
    assertEquals(0, process.exitValue(), said);
  }
}
