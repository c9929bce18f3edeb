package org.virt.api;

/**
 * The host, as libvirt's {@code virNodeInfo} has it.
 *
 * @param model CPU architecture, such as {@code x86_64}, or what the maker calls the CPU
 * @param memoryKiB memory, KiB
 * @param cpus active CPUs
 * @param mhz CPU frequency, MHz; 0 unknown
 * @param topology how the CPUs are arranged
 */
public record NodeInfo(String model, long memoryKiB, int cpus, int mhz, Topology topology) {
  /**
   * How CPUs are arranged.
   *
   * @param numaCells NUMA cells, 1 for uniform memory
   * @param socketsPerCell sockets in a cell
   * @param coresPerSocket cores in a socket
   * @param threadsPerCore threads in a core
   */
  public record Topology(
      int numaCells, int socketsPerCell, int coresPerSocket, int threadsPerCore) {}
}
