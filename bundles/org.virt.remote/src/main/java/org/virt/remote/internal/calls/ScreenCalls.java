package org.virt.remote.internal.calls;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
import org.virt.api.VirtException;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.ScreenVerbs.KeyCodes;
import org.virt.api.domain.ScreenVerbs.Picture;
import org.virt.remote.internal.session.ByteStream;
import org.virt.rpc.XdrStruct;

/** Console, screen and keyboard. */
final class ScreenCalls {
  void declare(Declarations all) {
    all.on("domain_open_console", ScreenCalls::console)
        .on("domain_screenshot", ScreenCalls::screenshot)
        .on(
            "domain_send_key",
            call -> {
              call.noFlags();
              call.of(ScreenVerbs.class)
                  .sendKey(
                      Choice.of(KeyCodes.class, call.integer("codeset")),
                      call.args().list("keycodes", Integer.class),
                      Duration.ofMillis(call.args().unsigned("holdtime")));
              return call.reply();
            })
        .on(
            "domain_send_process_signal",
            call -> {
              call.noFlags();
              call.of(ScreenVerbs.class)
                  .sendProcessSignal(call.wide("pid_value"), call.integer("signum"));
              return call.reply();
            })
        .on(
            "domain_inject_nmi",
            call -> {
              call.noFlags();
              call.of(ScreenVerbs.class).injectNmi();
              return call.reply();
            });
  }

  private static XdrStruct console(Call call) throws VirtException {
    String device = call.args().optionalText("dev_name").orElse("");
    Console console = call.domain().console(device, call.flags(OpenFlag.class));
    call.stream(new ByteStream.Ends(console.input(), console.output(), console));
    return call.reply();
  }

  private static XdrStruct screenshot(Call call) throws VirtException {
    call.noFlags();
    Picture picture = call.of(ScreenVerbs.class).screenshot(call.integer("screen"));
    ByteArrayInputStream content = new ByteArrayInputStream(picture.content());
    call.stream(new ByteStream.Ends(content, OutputStream.nullOutputStream(), content));
    return call.reply(picture.mimeType());
  }
}
