package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.ScreenVerbs.KeyCodes;
import org.virt.api.domain.ScreenVerbs.Picture;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands about screens, keyboards and serial lines. */
public final class ScreenCommands {
  private static final int FIRST_PORT = 5900;
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd-HH:mm:ss");
  private static final List<String> SIGNALS =
      List.of(
          "nop", "hup", "int", "quit", "ill", "trap", "abrt", "bus", "fpe", "kill", "usr1", "segv",
          "usr2", "pipe", "alrm", "term", "stkflt", "chld", "cont", "stop", "tstp", "ttin", "ttou",
          "urg", "xcpu", "xfsz", "vtalrm", "prof", "winch", "poll", "pwr", "sys");

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Verbs.domain("screenshot", "save a picture of the screen")
            .optional("file", "file to write", Values.FILE)
            .option("screen", "number of the screen", Values.NOTHING)
            .does(this::screenshot),
        Verbs.domain("send-key", "press keys together")
            .arguments("keycode", "names such as KEY_LEFTCTRL, or numbers", Values.NOTHING)
            .option("codeset", "linux (default), xt, usb …", Values.NOTHING)
            .option("holdtime", "milliseconds", Values.NOTHING)
            .does(this::sendKey),
        Verbs.domain("send-process-signal", "send a signal to a process in the guest")
            .argument("pid", "number of the process", Values.NOTHING)
            .argument("signame", "name or number of the signal", Values.NOTHING)
            .does(this::signal),
        Verbs.domain("inject-nmi", "send the guest a non-maskable interrupt")
            .does(call -> Verbs.of(call, ScreenVerbs.class).injectNmi()),
        Verbs.domain("vncdisplay", "show the VNC display").does(this::vncDisplay),
        Verbs.domain("domdisplay", "show the URI of a graphical display")
            .option("type", "vnc or spice", Values.NOTHING)
            .flag("all", "of all displays")
            .does(this::display),
        Verbs.domain("ttyconsole", "show the terminal of the console").does(this::terminal));
  }

  private void screenshot(Invocation call) throws Exception {
    int screen = (int) Verbs.number(call, "screen").orElse(0);
    ScreenVerbs verbs = Verbs.of(call, ScreenVerbs.class);
    Picture picture =
        attempt(
            "could not take a screenshot of " + Verbs.name(call), () -> verbs.screenshot(screen));
    String suffix = picture.mimeType().equals("image/png") ? ".png" : ".ppm";
    String file =
        call.arguments()
            .value("file")
            .orElse(Verbs.name(call) + "-" + STAMP.format(LocalDateTime.now()) + suffix);
    call.peer().writeFile(file, picture.content());
    call.confirm("Screenshot saved to " + file + ", with type of " + picture.mimeType());
  }

  private void sendKey(Invocation call) throws Exception {
    String word = call.arguments().value("codeset").orElse("linux");
    KeyCodes set = Verbs.constant(KeyCodes.class, word.replace('_', '-'), "codeset");
    List<Integer> codes = KeyNames.codes(set, call.arguments().values("keycode"));
    long hold = Verbs.number(call, "holdtime").orElse(0);
    Verbs.of(call, ScreenVerbs.class).sendKey(set, codes, Duration.ofMillis(hold));
  }

  private void signal(Invocation call) throws Exception {
    String word = call.arguments().required("signame").toLowerCase(Locale.ROOT);
    int number =
        word.matches("[0-9]{1,2}")
            ? Integer.parseInt(word)
            : SIGNALS.indexOf(word.replaceFirst("^sig[_]?", ""));
    if (number < 0) {
      throw new CommandException("malformed signal name: " + call.arguments().required("signame"));
    }
    long pid =
        Verbs.number(call, "pid").orElseThrow(() -> new CommandException("malformed PID value"));
    Verbs.of(call, ScreenVerbs.class).sendProcessSignal(pid, number);
  }

  private static DomainTree active(Invocation call) throws Exception {
    Domain domain = call.domain();
    if (!domain.summary().isActive()) {
      throw new CommandException("Domain is not running");
    }
    return DomainTree.of(domain.xml(XmlView.LIVE));
  }

  private void vncDisplay(Invocation call) throws Exception {
    for (XmlElement graphics : graphics(active(call))) {
      int port = port(graphics, "port");
      if ("vnc".equals(graphics.attribute("type")) && port > 0) {
        String listen = listen(graphics);
        boolean all = listen.isEmpty() || listen.equals("0.0.0.0");
        call.out().println((all ? "" : listen) + ":" + (port - FIRST_PORT));
        return;
      }
    }
    throw new CommandException("Failed to get VNC port. Is this domain using VNC?");
  }

  private void display(Invocation call) throws Exception {
    boolean found = false;
    Optional<String> wanted = call.arguments().value("type");
    for (XmlElement graphics : graphics(active(call))) {
      String type = graphics.attribute("type");
      String uri = uri(graphics);
      boolean meant = wanted.isEmpty() || wanted.get().equals(type);
      if (meant && !uri.isEmpty() && (!found || call.arguments().has("all"))) {
        call.out().println(uri);
        found = true;
      }
    }
    if (!found) {
      throw new CommandException(
          wanted.isEmpty()
              ? "No graphical display found"
              : "No graphical display with type '" + wanted.get() + "' found");
    }
  }

  private static String uri(XmlElement graphics) {
    String type = graphics.attribute("type");
    int port = port(graphics, "port");
    int tls = port(graphics, "tlsPort");
    String host = listen(graphics);
    boolean all = host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    String named = all ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
    String socket = graphics.child("listen").map(l -> l.attribute("socket")).orElse(null);
    if (socket != null) {
      return type + "+unix://" + socket;
    }
    return switch (String.valueOf(type)) {
      case "vnc" -> port > 0 ? "vnc://" + named + ":" + (port - FIRST_PORT) : "";
      case "spice" -> {
        String plain = port > 0 ? ":" + port : "";
        String secure = tls > 0 ? "?tls-port=" + tls : "";
        yield plain.isEmpty() && secure.isEmpty() ? "" : "spice://" + named + plain + secure;
      }
      default -> "";
    };
  }

  private static List<XmlElement> graphics(DomainTree tree) {
    return DeviceEdit.all(tree).stream().filter(d -> d.name().equals("graphics")).toList();
  }

  private static int port(XmlElement graphics, String attribute) {
    String port = graphics.attribute(attribute);
    return port == null || !port.matches("[0-9]{1,5}") ? -1 : Integer.parseInt(port);
  }

  private static String listen(XmlElement graphics) {
    String own = graphics.attribute("listen");
    String inner = graphics.child("listen").map(l -> l.attribute("address")).orElse(own);
    return inner == null ? "" : inner;
  }

  private void terminal(Invocation call) throws Exception {
    DomainTree tree = DomainTree.of(call.domain().xml(XmlView.LIVE));
    for (XmlElement device : DeviceEdit.all(tree)) {
      if (device.name().equals("console")) {
        String path =
            Optional.ofNullable(device.attribute("tty"))
                .or(() -> device.child("source").map(source -> source.attribute("path")))
                .orElse("");
        if (!path.isEmpty()) {
          call.out().println(path);
          return;
        }
      }
    }
  }
}
