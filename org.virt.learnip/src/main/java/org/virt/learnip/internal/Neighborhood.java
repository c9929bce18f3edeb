package org.virt.learnip.internal;

import java.time.Clock;

/**
 * What the ports of a host share.
 *
 * @param holders which port has which address
 * @param facts what servers tell of the networks
 * @param interfaces the interfaces of the host
 * @param prober asks guests for addresses
 * @param timers how long checks take
 * @param clock for a person's eyes; what is measured is measured in nanoseconds
 */
record Neighborhood(
    Holders holders,
    NetworkFacts facts,
    Interfaces interfaces,
    Prober prober,
    SaviTimers timers,
    Clock clock) {}
