package org.virt.driver.qemu.internal.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuModels.BaselineFlag;
import org.virt.api.domain.CpuModels.Comparison;

/** Comparing and baselines, with models of our own. */
class CpuAnswersTest {
  private static final CpuModel OLD = model("Old", "Intel", "fpu", "sse");
  private static final CpuModel NEW = model("New", "Intel", "fpu", "sse", "avx", "aes");
  private static final CpuModel OTHER = model("Other", "AMD", "fpu", "sse", "3dnow");
  private static final CpuModel PLAIN = model("plain", "", "fpu");
  private static final CpuTable TABLE =
      new CpuTable(
          List.of(OLD, NEW, OTHER, PLAIN),
          Set.of("fpu", "sse", "avx", "aes", "3dnow", "invtsc", "svm"),
          Optional.empty());

  private static final Cpu HOST = new Cpu("Intel", Set.of("fpu", "sse", "avx", "invtsc"));

  private final CpuAnswers answers = new CpuAnswers(TABLE);

  private static CpuModel model(String name, String vendor, String... features) {
    return new CpuModel(name, true, new Cpu(vendor, Set.of(features)));
  }

  private static String cpu(String attributes, String inside) {
    return "<cpu " + attributes + ">" + inside + "</cpu>";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SUPERSET     |                | <model>Old</model>
          INCOMPATIBLE |                | <model>New</model>
          SUPERSET     |                | <model>New</model><feature name='aes' policy='disable'/>
          SUPERSET     |                | <model>New</model><feature name='aes' policy='optional'/>
          IDENTICAL    |                | <model>Old</model><feature name='avx'/><feature name='invtsc' policy='force'/>
          INCOMPATIBLE |                | <model>Old</model><feature name='avx' policy='forbid'/>
          INCOMPATIBLE | match='strict' | <model>Old</model>
          INCOMPATIBLE |                | <model>Old</model><vendor>AMD</vendor>
          SUPERSET     |                | <model>Old</model><vendor>Intel</vendor>
          INCOMPATIBLE |                | <arch>ppc64</arch><model>Old</model>
          SUPERSET     |                | <arch>x86_64</arch><model>Old</model><feature name='osxsave'/>
          """)
  void compares(Comparison expected, String attributes, String inside) throws Exception {
    assertEquals(
        expected, answers.compare(HOST, cpu(attributes == null ? "" : attributes, inside)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          INTERNAL_ERROR | <cpu><model>Nobody</model></cpu>
          INTERNAL_ERROR | <cpu><model>Old</model><feature name='odd'/></cpu>
          XML_ERROR      | <cpu><model>Old</model><feature/></cpu>
          XML_ERROR      | <cpu><model>Old</model><feature name='avx' policy='odd'/></cpu>
          XML_ERROR      | <cpu mode='host-passthrough'/>
          XML_ERROR      | <cpu/>
          XML_ERROR      | <model>Old</model>
          XML_ERROR      | nonsense
          """)
  void refusesWhatIsNoCpu(ErrorCode code, String xml) {
    VirtException e = assertThrows(VirtException.class, () -> answers.compare(HOST, xml));
    assertEquals(code, e.code(), e.getMessage());
  }

  private String baseline(Set<BaselineFlag> flags, String... xml) throws VirtException {
    return answers.baseline(List.of(xml), new Cpu("", TABLE.features()), "allow", flags);
  }

  @Test
  void findsWhatAllHave() throws Exception {
    assertEquals(
        "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>Old</model>\n</cpu>\n",
        baseline(Set.of(), "<cpu><model>Old</model></cpu>", "<cpu><model>New</model></cpu>"));
    assertEquals(
        """
        <cpu mode='custom' match='exact'>
          <model fallback='allow'>Old</model>
          <vendor>Intel</vendor>
          <feature policy='require' name='avx'/>
          <feature policy='require' name='svm'/>
        </cpu>
        """,
        baseline(
            Set.of(),
            "<cpu><model>New</model><vendor>Intel</vendor><feature name='svm'/></cpu>",
            "<cpu><model>Old</model><feature name='avx'/><feature name='svm'/></cpu>"));
  }

  @Test
  void namesEveryFeatureWhenAskedTo() throws Exception {
    String xml = baseline(Set.of(BaselineFlag.EXPAND_FEATURES), "<cpu><model>Old</model></cpu>");
    assertTrue(
        xml.contains(
            "<feature policy='require' name='fpu'/>\n  <feature policy='require' name='sse'/>"),
        xml);
  }

  @Test
  void leavesOutWhatCannotMoveWhenAskedTo() throws Exception {
    String fixed = "<cpu><model>Old</model><feature name='invtsc'/></cpu>";
    assertTrue(baseline(Set.of(), fixed).contains("invtsc"));
    assertTrue(!baseline(Set.of(BaselineFlag.MIGRATABLE), fixed).contains("invtsc"));
  }

  @Test
  void keepsAModelThatAllHave() throws Exception {
    String xml = "<cpu><model>plain</model><feature name='sse'/><feature name='avx'/></cpu>";
    assertTrue(baseline(Set.of(), xml, xml).contains(">plain<"), baseline(Set.of(), xml, xml));
  }

  @Test
  void stopsAtTheLimit() throws Exception {
    String xml =
        answers.baseline(
            List.of("<cpu><model>New</model></cpu>", "<cpu><model>Old</model></cpu>"),
            new Cpu("Intel", Set.of("fpu", "sse")),
            "forbid",
            Set.of());
    assertEquals(
        "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>Old</model>\n</cpu>\n", xml);
  }

  @Test
  void refusesWhatHasNothingInCommon() {
    String one = "<cpu><model>Old</model><vendor>Intel</vendor></cpu>";
    String two = "<cpu><model>Other</model><vendor>AMD</vendor></cpu>";
    VirtException e = assertThrows(VirtException.class, () -> baseline(Set.of(), one, two));
    assertEquals(ErrorCode.CPU_INCOMPATIBLE, e.code());
    VirtException none = assertThrows(VirtException.class, () -> baseline(Set.of()));
    assertEquals(ErrorCode.INVALID_ARG, none.code());
  }
}
