package org.virt.driver.qemu.internal.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.NodeInfo;

class HostCpusTest {
  @TempDir Path root;

  private void file(String path, String content) throws Exception {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void readsTwoCellsWithThreads() throws Exception {
    file("proc/meminfo", "MemTotal:       2097152 kB\nMemFree: 1 kB\n");
    file("proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2596.150\n");
    file("sys/devices/system/cpu/online", "0-7\n");
    for (int cpu = 0; cpu < 8; cpu++) {
      String topology = "sys/devices/system/cpu/cpu" + cpu + "/topology/";
      file(topology + "physical_package_id", cpu / 4 + "\n");
      file(topology + "core_id", cpu % 4 / 2 + "\n");
    }
    for (int cell = 0; cell < 2; cell++) {
      String node = "sys/devices/system/node/node" + cell + "/";
      file(node + "cpulist", cell == 0 ? "0-3\n" : "4-7\n");
      file(node + "meminfo", "Node " + cell + " MemTotal:       1048576 kB\n");
    }
    file("sys/devices/system/node/power/control", "auto\n");
    NodeInfo info = HostCpus.read(root).nodeInfo();
    assertEquals(2097152, info.memoryKiB());
    assertEquals(8, info.cpus());
    assertEquals(2596, info.mhz());
    assertEquals(new NodeInfo.Topology(2, 1, 2, 2), info.topology());
  }

  @Test
  void tellsPagesDistancesAndThreads() throws Exception {
    file("proc/meminfo", "MemTotal:       16384 kB\n");
    file("proc/cpuinfo", "processor\t: 0\n");
    file("sys/devices/system/cpu/online", "0-1\n");
    for (int cpu = 0; cpu < 2; cpu++) {
      String topology = "sys/devices/system/cpu/cpu" + cpu + "/topology/";
      file(topology + "physical_package_id", "0\n");
      file(topology + "die_id", "1\n");
      file(topology + "thread_siblings_list", "0-1\n");
    }
    String node = "sys/devices/system/node/";
    file(node + "online", "0,2\n");
    for (String cell : List.of("0", "2")) {
      file(node + "node" + cell + "/cpulist", cell.equals("0") ? "0-1\n" : "\n");
      file(node + "node" + cell + "/meminfo", "Node " + cell + " MemTotal:       8192 kB\n");
      file(node + "node" + cell + "/distance", cell.equals("0") ? "10 21\n" : "21 10\n");
      file(node + "node" + cell + "/hugepages/hugepages-2048kB/nr_hugepages", "3\n");
    }
    String xml = CapabilitiesXml.print(HostCpus.read(root), Optional.empty(), List.of(), false);
    xml = xml.replaceAll("\\n *", "");
    assertTrue(
        xml.contains("<pages unit='KiB' size='4'/><pages unit='KiB' size='2048'/></cpu>"), xml);
    assertTrue(
        xml.contains(
            "<cell id='0'><memory unit='KiB'>8192</memory><pages unit='KiB' size='4'>512</pages>"
                + "<pages unit='KiB' size='2048'>3</pages><distances><sibling id='0' value='10'/>"
                + "<sibling id='2' value='21'/></distances><cpus num='2'><cpu id='0' socket_id='0'"
                + " die_id='1' core_id='0' siblings='0-1'/>"),
        xml);
  }

  @Test
  void takesAHostWithoutNumaAsOneCell() throws Exception {
    file("proc/meminfo", "MemTotal:       1024 kB\n");
    file("proc/cpuinfo", "processor\t: 0\n");
    file("sys/devices/system/cpu/online", "0\n");
    HostCpus cpus = HostCpus.read(root);
    HostCpus.Cell only =
        new HostCpus.Cell(
            0, 1024, new TreeMap<>(), new TreeMap<>(), List.of(new HostCpus.Cpu(0, 0, 0, 0, "0")));
    assertEquals(List.of(only), cpus.cells());
    assertEquals(0, cpus.nodeInfo().mhz());
  }

  @Test
  void readsThisHost() throws Exception {
    NodeInfo info = HostCpus.read(Path.of("/")).nodeInfo();
    assertTrue(info.cpus() > 0);
    assertTrue(info.memoryKiB() > 0);
  }

  @Test
  void readsListsOfTheKernel() {
    assertEquals(List.of(0, 1, 2, 8, 10), HostCpus.numbers("0-2,8,10\n"));
    assertEquals(List.of(), HostCpus.numbers("\n"));
  }
}
