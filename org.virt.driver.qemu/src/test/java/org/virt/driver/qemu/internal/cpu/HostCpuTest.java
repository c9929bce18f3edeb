package org.virt.driver.qemu.internal.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class HostCpuTest {
  @TempDir Path root;

  private HostCpu read(String text, String... known) throws Exception {
    Files.createDirectories(root.resolve("proc"));
    Files.writeString(root.resolve("proc/cpuinfo"), text);
    return HostCpu.read(root, Set.of(known));
  }

  @Test
  void readsWhatTheKernelTells() throws Exception {
    HostCpu cpu =
        read(
            """
            processor\t: 0
            vendor_id\t: GenuineIntel
            cpu family\t: 6
            model\t\t: 85
            stepping\t: 7
            microcode\t: 0x5003006
            flags\t\t: fpu sse4_1 pclmulqdq tsc_deadline_timer avx512_vnni constant_tsc nonstop_tsc odd
            address sizes\t: 46 bits physical, 48 bits virtual

            processor\t: 1
            vendor_id\t: AuthenticAMD
            """,
            "fpu",
            "sse4.1",
            "pclmuldq",
            "tsc-deadline",
            "avx512vnni",
            "aes");
    assertEquals(
        new Cpu(
            "Intel", Set.of("fpu", "sse4.1", "pclmuldq", "tsc-deadline", "avx512vnni", "invtsc")),
        cpu.cpu());
    assertEquals(Map.of("family", "6", "model", "85", "stepping", "7"), cpu.signature());
    assertEquals(Optional.of(0x5003006L), cpu.microcode());
    assertEquals(Optional.of(46), cpu.addressBits());
  }

  @Test
  void takesAKernelThatTellsLittle() throws Exception {
    HostCpu cpu = read("processor : 0\n");
    assertEquals(new Cpu("", Set.of()), cpu.cpu());
    assertEquals(Optional.empty(), cpu.microcode());
    assertEquals(Optional.empty(), cpu.addressBits());
  }

  @Test
  void saysWhatCannotBeRead() {
    VirtException e = assertThrows(VirtException.class, () -> HostCpu.read(root, Set.of()));
    assertEquals(ErrorCode.SYSTEM_ERROR, e.code());
  }
}
