package org.virt.shell.internal.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.shell.internal.command.Parameter.Values;

class ArgumentsTest {
  private static final Command COMMAND =
      Command.named("rules", Group.FILTER, "a command for this test")
          .argument("filter", "required", Values.FILTER)
          .optional("other", "may be absent", Values.NOTHING)
          .flag("all", "a flag")
          .option("port", "once", Values.PORT)
          .repeated("param", "many times", Values.NOTHING)
          .does(call -> {});

  private static Arguments parse(String... words) throws UsageException {
    return Arguments.parse(COMMAND, List.of(words));
  }

  private static String refusal(String... words) {
    return assertThrows(UsageException.class, () -> parse(words)).getMessage();
  }

  @Test
  void takesOptionsBeforeBetweenAndBehindArguments() throws UsageException {
    Arguments arguments = parse("--all", "x", "--port", "vnet0", "y");

    assertEquals("x", arguments.required("filter"));
    assertEquals(Optional.of("y"), arguments.value("other"));
    assertEquals(Optional.of("vnet0"), arguments.value("port"));
    assertTrue(arguments.has("all"));
  }

  @Test
  void takesArgumentsByName() throws UsageException {
    Arguments arguments = parse("--other", "y", "--filter=x");

    assertEquals("x", arguments.required("filter"));
    assertEquals(Optional.of("y"), arguments.value("other"));
  }

  @Test
  void keepsValuesOfARepeatedOptionInOrder() throws UsageException {
    assertEquals(
        List.of("IP=1", "IP=2"), parse("x", "--param", "IP=1", "--param=IP=2").values("param"));
  }

  @Test
  void takesOneOrMoreOfTheLastArgument() throws UsageException {
    Command bind =
        Command.named("bind", Group.FILTER, "a command for this test")
            .arguments("file", "one or more", Values.FILE)
            .does(call -> {});
    assertEquals(List.of("a"), Arguments.parse(bind, List.of("a")).values("file"));
    assertEquals(List.of("a", "b"), Arguments.parse(bind, List.of("a", "b")).values("file"));
    assertEquals(
        "command 'bind' requires <file> option",
        assertThrows(UsageException.class, () -> Arguments.parse(bind, List.of())).getMessage());
  }

  @Test
  void takesEverythingAsArgumentAfterTwoDashes() throws UsageException {
    Arguments arguments = parse("--", "--all", "-");

    assertEquals("--all", arguments.required("filter"));
    assertEquals(Optional.of("-"), arguments.value("other"));
    assertFalse(arguments.has("all"));
  }

  @Test
  void leavesWordsAsTheyAre() throws UsageException {
    assertEquals("a b; $(c) 'd' \"\\", parse("a b; $(c) 'd' \"\\").required("filter"));
  }

  @Test
  void refusesWhatWasNotDeclaredInVirshsWords() {
    assertEquals("command 'rules' doesn't support option --bogus", refusal("x", "--bogus"));
    assertEquals("command 'rules' requires <filter> option", refusal("--all"));
    assertEquals("expected syntax: --port <string>", refusal("x", "--port"));
    assertEquals("unexpected data 'z'", refusal("x", "y", "z"));
    assertEquals("option --port already seen", refusal("x", "--port=a", "--port=b"));
    assertEquals("invalid '=' after option --all", refusal("x", "--all=yes"));
  }
}
