/** Hypervisor driver with machines in memory. */
package org.virt.driver.test.internal;
