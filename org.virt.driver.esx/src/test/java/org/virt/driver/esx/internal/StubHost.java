package org.virt.driver.esx.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host that answers each method in the form in which ESX 6.5 does, for what the simulator lacks
 * and for what no host should do.
 */
final class StubHost implements AutoCloseable {
  static final String UUID_1 = "4210aaaa-0000-1111-2222-333344445555";

  private static final Pattern METHOD = Pattern.compile("<soapenv:Body><([A-Za-z_]+)");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  /** The requests so far, as they came. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** What a method is answered with. */
  @FunctionalInterface
  interface Answer {
    void to(HttpExchange exchange, String request) throws IOException;
  }

  StubHost() throws IOException {
    this("127.0.0.1", 0);
  }

  /** Begins to serve at an address of the loopback interface. */
  StubHost(String address, int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(address, port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    answer("RetrieveServiceContent", content("HostAgent"));
    answer("Login", "<returnval><key>1</key></returnval>");
    answer("Logout", "");
    answer("RetrievePropertiesEx", inventory());
    answer("FindByUuid", "<returnval type=\"VirtualMachine\">1</returnval>");
    answer("RebootGuest", "");
    answer("ReconfigureAutostart", "");
    answer("CreatePropertyCollector", "<returnval type=\"PropertyCollector\">own</returnval>");
    answer("CreateFilter", "<returnval type=\"PropertyFilter\">f</returnval>");
    answer("DestroyPropertyCollector", "");
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Returns the entry points of a host ({@code HostAgent}) or a vCenter. */
  static String content(String type) {
    return "<returnval><rootFolder type=\"Folder\">ha-folder-root</rootFolder>"
        + manager("propertyCollector", "PropertyCollector")
        + manager("sessionManager", "SessionManager")
        + manager("searchIndex", "SearchIndex")
        + manager("perfManager", "PerformanceManager")
        + manager("fileManager", "FileManager")
        + manager("virtualDiskManager", "VirtualDiskManager")
        + "<about><fullName>VMware ESXi 6.5.0</fullName><version>6.5.0</version>"
        + "<apiType>"
        + type
        + "</apiType></about></returnval>";
  }

  private static String manager(String name, String type) {
    return "<" + name + " type=\"" + type + "\">" + type + "</" + name + ">";
  }

  /** Answers all that is ever asked of this host's objects at once; what is not wanted is left. */
  static String inventory() {
    return "<returnval>"
        + object("Folder", "ha-folder-root", property("name", "xsd:string", "ha-folder-root"))
        + object(
            "Datacenter",
            "ha-datacenter",
            property("name", "xsd:string", "ha-datacenter")
                + reference("parent", "Folder", "ha-folder-root")
                + reference("vmFolder", "Folder", "ha-folder-vm"))
        + object("Folder", "ha-folder-host", reference("parent", "Datacenter", "ha-datacenter"))
        + object(
            "ComputeResource",
            "ha-compute-res",
            reference("parent", "Folder", "ha-folder-host")
                + reference("resourcePool", "ResourcePool", "ha-root-pool"))
        + object(
            "HostSystem",
            "ha-host",
            property("name", "xsd:string", "esx")
                + reference("parent", "ComputeResource", "ha-compute-res"))
        + "</returnval>";
  }

  static String object(String type, String value, String properties) {
    return "<objects><obj type=\"" + type + "\">" + value + "</obj>" + properties + "</objects>";
  }

  static String property(String name, String type, String value) {
    return "<propSet><name>%s</name><val xsi:type=\"%s\">%s</val></propSet>"
        .formatted(name, type, value);
  }

  static String reference(String name, String type, String value) {
    return "<propSet><name>%s</name><val type=\"%s\" xsi:type=\"ManagedObjectReference\">%s</val></propSet>"
        .formatted(name, type, value);
  }

  /** A machine with what is asked of one. */
  static String machine(String power) {
    return machine(power, "");
  }

  /** A machine with further properties. */
  static String machine(String power, String more) {
    return "<returnval>"
        + object(
            "VirtualMachine",
            "1",
            property("name", "xsd:string", "m")
                + property("config.uuid", "xsd:string", UUID_1)
                + property("runtime.powerState", "VirtualMachinePowerState", power)
                + reference("runtime.host", "HostSystem", "ha-host")
                + more)
        + "</returnval>";
  }

  /** Objects as the answer to a question for properties. */
  static String found(String... objects) {
    return "<returnval>" + String.join("", objects) + "</returnval>";
  }

  /** Objects as what WaitForUpdatesEx tells of. */
  static String changed(String... objects) {
    String all = String.join("", objects);
    return "<returnval><version>1</version><filterSet><filter type=\"PropertyFilter\">f</filter>"
        + all.replace("objects>", "objectSet>").replace("propSet>", "changeSet>")
        + "</filterSet></returnval>";
  }

  static String task(String info) {
    return object("Task", "task-1", property("info", "TaskInfo", info));
  }

  /** Has a task begun by a method, which has ended when it is first looked at. */
  void completes(String method) {
    answer(method, "<returnval type=\"Task\">task-1</returnval>");
  }

  /**
   * Has questions for properties answered by what they ask of: tasks have ended, machines and the
   * rest are as given.
   */
  void answerProperties(Map<String, String> byText, String otherwise) {
    answer(
        "RetrievePropertiesEx",
        (exchange, request) -> {
          String answer = otherwise;
          for (Map.Entry<String, String> one : byText.entrySet()) {
            answer = request.contains(one.getKey()) ? one.getValue() : answer;
          }
          if (request.contains("<type>Task</type>") && !byText.containsKey("<type>Task</type>")) {
            answer = found(task("<state>success</state>"));
          }
          send(exchange, 200, response("RetrievePropertiesEx", answer));
        });
  }

  /** Returns the last request of a method. */
  String last(String method) {
    return requests.stream()
        .filter(r -> r.contains("<" + method + " "))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  URI uri() {
    return URI.create("esx://root@127.0.0.1:" + port() + "/?transport=http");
  }

  /** Has a method answered with a result from now on. */
  void answer(String method, String result) {
    answers.put(method, (exchange, request) -> send(exchange, 200, response(method, result)));
  }

  /** Has a method answered by code. */
  void answer(String method, Answer answer) {
    answers.put(method, answer);
  }

  /** Has a method answered as now once this answer has been given. */
  void once(String method, Answer first) {
    Answer then = answers.get(method);
    answers.put(
        method,
        (exchange, request) -> {
          answers.put(method, then);
          first.to(exchange, request);
        });
  }

  static String response(String method, String result) {
    return envelope(
        "<" + method + "Response xmlns=\"urn:vim25\">" + result + "</" + method + "Response>");
  }

  static String fault(String type, String text) {
    return envelope(
        "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>%s</faultstring>"
                .formatted(text)
            + "<detail><%sFault xmlns=\"urn:vim25\" xsi:type=\"%s\"/></detail></soapenv:Fault>"
                .formatted(type, type));
  }

  private static String envelope(String body) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope"
        + " xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
        + " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
        + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<soapenv:Body>"
        + body
        + "</soapenv:Body>\n</soapenv:Envelope>";
  }

  static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Set-Cookie", "vmware_soap_session=\"x\"; Path=/");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Leaves a request without an answer until the host ends. */
  void silence(HttpExchange exchange) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(request);
    Matcher matcher = METHOD.matcher(request);
    String method = matcher.find() ? matcher.group(1) : exchange.getRequestURI().getPath();
    Answer answer = answers.get(method);
    if (answer == null) {
      send(exchange, 500, fault("MethodNotFound", "no " + method));
    } else {
      answer.to(exchange, request);
    }
  }

  long count(String method) {
    return requests.stream().filter(r -> r.contains("<" + method + " ")).count();
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
