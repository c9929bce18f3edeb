/** Filter technique nftables. */
package org.virt.nwfilter.nftables.internal;
