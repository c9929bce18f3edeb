package org.virt.api;

import java.time.Duration;

/**
 * Size and use of a machine.
 *
 * @param status its state
 * @param maxMemoryKiB the most memory that it may have, KiB
 * @param memoryKiB what it has now, KiB; 0 when it is not active
 * @param vcpus its virtual CPUs
 * @param cpuTime CPU time of the host that it has used since its start; zero when it is not active
 */
public record DomainInfo(
    DomainStatus status, long maxMemoryKiB, long memoryKiB, int vcpus, Duration cpuTime) {}
