/** Learns the addresses of ports from their traffic. */
package org.virt.learnip.internal;
