/**
 * Filter technique nftables: port programs become chains of one table, sent as raw nf_tables
 * batches.
 */
package org.virt.nwfilter.nftables.internal;
