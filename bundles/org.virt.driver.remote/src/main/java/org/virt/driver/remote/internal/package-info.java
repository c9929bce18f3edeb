/** A driver for hypervisors that libvirt, or another org.virt, manages elsewhere. */
package org.virt.driver.remote.internal;
