/** The filter technique ebtables, with iptables and ip6tables. */
package org.virt.nwfilter.ebtables.internal;
